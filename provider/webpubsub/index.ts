export {
  KeyRegeneration,
  type KeyRegenerationArgs,
  type KeyRegenerationInputs,
  type KeyRegenerationRun,
} from "./keyRegeneration";
