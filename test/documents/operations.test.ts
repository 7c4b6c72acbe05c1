import { startCloud } from "../cloud";
import type { CloudRequest } from "../cloud/requestLog";
import { declaredMembers } from "../contracts/declaredTypes";
import { runTimeFaster } from "../support/fastClock";
import { folded, textOf } from "./documents";
import { namesOf, type Page, pages } from "./pages";
import { LINKED, permissionsOf, requestsOf } from "./permissions";

// The README's table of operations, beside what the operations send; its permissions are compared in reference.test.ts.

let setTimeRight: () => void;
beforeAll(() => {
  setTimeRight = runTimeFaster(40);
});
afterAll(() => setTimeRight());

const titleOf = ({ operation }: Page) => operation.name.replace("/", ".");
const rows = textOf("README.md")
  .split("\n")
  .filter((line) => /^\| `[a-z]+\.[A-Z]\w+` \|/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));
const rowOf = (page: Page) => rows.find(([, title]) => title === `\`${titleOf(page)}\``);

/** `PATCH …/backends/{id} with If-Match, 2024-05-01`; the same call as in the row above is called so. */
function callOf(page: Page): string {
  const row = rowOf(page) ?? [];
  const own = row[2] ?? "";
  return own.startsWith("the same call") ? (rows[rows.indexOf(row) - 1]?.[2] ?? "") : own;
}

function isCall({ method, path, query, headers, action }: CloudRequest, call: string): boolean {
  const [, verb, place = "", more = "", version] = /^(\w+)(?: …(\S+))?( with If-Match)?, (\d{4}-\d\d-\d\d)$/.exec(call) ?? [];
  if (place === "") return action === verb;
  const address = new RegExp(`${place.replace(/\{\w+\}/g, "[^/]+")}$`);
  return method === verb && address.test(path) && query["api-version"] === version && (more === "" || headers["if-match"] !== undefined);
}

it("has a row for each class, and no other", () => {
  expect(rows.map(([, title]) => title).sort()).toEqual(pages.map((page) => `\`${titleOf(page)}\``).sort());
});

it.each(pages.map((page) => [titleOf(page), page] as const))("%s: its call and what destroy may do", async (_title, page) => {
  const call = callOf(page);
  const requests = await requestsOf(page, startCloud);
  expect([call, requests.some((request) => isCall(request, call))]).toEqual([call, true]);
  const { file, className } = namesOf(page);
  const choices = declaredMembers(file, `${className}Inputs`).get("onDestroy");
  const [, named = ""] = /\(`onDestroy`: ([\w, ]+)\)/.exec(rowOf(page)?.[4] ?? "") ?? [];
  const others = choices?.texts.filter((choice) => `"${choice}"` !== choices.byDefault) ?? [];
  // Of a direct connection the row says what the default does in each case.
  if (className !== "DirectConnection") expect(named).toBe(others.join(", "));
});

it.each(pages.map((page) => [namesOf(page).page, page] as const))(
  "%s: the permissions that stand first are told apart",
  async (file, page) => {
    const linked = LINKED[page.operation.name] ?? [];
    const told = /The first two are for following a long-running operation(; the third is checked by Azure)?/.exec(folded(textOf(file)));
    expect(told === null ? 0 : told[1] === undefined ? 2 : 3).toBe(linked.length);
    const { actions } = await permissionsOf(page, startCloud);
    expect(actions.slice(0, linked.length).sort()).toEqual([...linked].sort());
  },
);
