export {
  KeyRegeneration,
  type KeyRegenerationArgs,
  type KeyRegenerationInputs,
  type KeyRegenerationRun,
} from "./keyRegeneration";
export { RotatingKeys, type RotatingKeysArgs, type RotatingKeysInputs } from "./rotatingKeys";
