export { DirectConnection, type DirectConnectionArgs, type DirectConnectionInputs } from "./directConnection";
