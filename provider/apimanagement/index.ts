export type * from "./backendMembers";
export { BackendPatch, type BackendPatchArgs, type BackendPatchInputs } from "./backendPatch";
export { BackendReconnect, type BackendReconnectArgs, type BackendReconnectInputs } from "./backendReconnect";
