import { answerRows } from "./answerRows";
import { always, once, type Row } from "./row";
import { transferRows } from "./transferRows";

// Every mode of Azure's http-fault-injector (its letters in brackets) and every class that clients of the field were
// measured with.

export const rows: readonly Row[] = [
  ...once("none (f)", "sound", { acts: true, fault: always({ mode: "pass" }) }),
  ...transferRows,
  ...answerRows,
];
