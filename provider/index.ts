/**
 * Pulumi resources for the cloud operations that no provider has as a resource. One namespace per service, named as in
 * the azure-native and alicloud packages; each can be imported alone: `import { BackendPatch } from "pulumi-patchbay/apimanagement"`.
 */
export * as apimanagement from "./apimanagement";
export * as kvstore from "./kvstore";
export * as redisenterprise from "./redisenterprise";
export * as webpubsub from "./webpubsub";
