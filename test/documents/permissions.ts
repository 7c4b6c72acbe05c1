import type { Cloud } from "../cloud";
import type { CloudRequest } from "../cloud/requestLog";
import { HookDriver } from "../support/hookDriver";
import type { Page } from "./pages";

// The permissions of an operation are those of the requests that it sent, whatever it was made to do.

const FOLLOWING = ["Microsoft.SignalRService/locations/operationResults/read", "Microsoft.SignalRService/locations/operationStatuses/read"];

/** ARM checks these beside the action of the request itself; no request shows them. */
export const LINKED: Readonly<Record<string, readonly string[]>> = {
  "redisenterprise/PrivateEndpointConnection": [
    "Microsoft.Cache/redisEnterprise/PrivateEndpointConnectionsApproval/action",
    "Microsoft.Cache/locations/asyncOperations/read",
    "Microsoft.Cache/locations/operationResults/read",
  ],
  "webpubsub/KeyRegeneration": FOLLOWING,
  "webpubsub/RotatingKeys": FOLLOWING,
};

const VERBS: Readonly<Record<string, string>> = { GET: "read", PUT: "write", PATCH: "write", DELETE: "delete" };

/** `Microsoft.ApiManagement/service/backends/read` */
function actionOf({ method, path }: CloudRequest): string {
  const [namespace = "", ...segments] = path.slice(path.indexOf("/providers/") + 11).split("/");
  const types = segments.filter((_segment, index) => index % 2 === 0);
  return [namespace, ...types, method === "POST" ? "action" : VERBS[method]].join("/");
}

/** Lives each life of a page in the local cloud and gives what it sent. */
export async function requestsOf(
  { operation, prepare, given, later, lives = [] }: Page,
  open: () => Promise<Cloud>,
): Promise<CloudRequest[]> {
  const usual = async (driver: HookDriver) => {
    await driver.up({ ...given });
    await driver.refresh();
    await driver.up({ ...later });
    await driver.destroy();
  };
  const requests: CloudRequest[] = [];
  for (const life of [usual, ...lives]) {
    const cloud = await open();
    prepare(cloud);
    const driver = new HookDriver(operation, cloud);
    await life(driver, cloud);
    requests.push(...cloud.requests);
    driver.close();
    await cloud.stop();
  }
  return requests;
}

/** What its requests needed: actions of Azure or operations of Alibaba Cloud. */
export async function permissionsOf(page: Page, open: () => Promise<Cloud>): Promise<{ actions: string[]; isAzure: boolean }> {
  const requests = await requestsOf(page, open);
  const isAzure = requests.some(({ kind }) => kind === "ARM");
  const needed = isAzure
    ? requests.filter(({ kind }) => kind === "ARM").map(actionOf)
    : requests.filter(({ kind }) => kind === "ALIBABA").map(({ action }) => `kvstore:${action}`);
  return { actions: [...new Set([...needed, ...(LINKED[page.operation.name] ?? [])])].sort(), isAzure };
}

/** What the README's table says that a class may do; actions that only follow an operation stand in the role of its page. */
export function permissionsInReadme(readme: string, title: string): string[] {
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${title}\` |`));
  const cell = row?.split(" | ").at(-1) ?? "";
  const spelled = [...cell.matchAll(/`([^`]+)`/g)].map(([, actions]) => actions as string);
  const [first = ""] = spelled;
  return spelled.flatMap((actions) => expanded(actions.replace(/^…/, first.split("/").slice(0, 2).join("/")))).sort();
}

/** `a/{b,c}` stands for `a/b` and `a/c`. */
function expanded(actions: string): string[] {
  const [, before, inner = "", after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(actions) ?? [];
  return before === undefined ? [actions] : inner.split(",").flatMap((each) => expanded(`${before}${each}${after}`));
}

/** A custom role of Azure, or a policy of Alibaba Cloud's RAM, that allows nothing else. */
export function roleOf(title: string, { actions, isAzure }: { actions: readonly string[]; isAzure: boolean }): object {
  if (!isAzure) return { Version: "1", Statement: [{ Effect: "Allow", Action: actions, Resource: "acs:kvstore:*:*:instance/*" }] };
  return {
    Name: `pulumi-patchbay ${title}`,
    IsCustom: true,
    Description: `What ${title} of pulumi-patchbay sends, and nothing else.`,
    Actions: actions,
    NotActions: [],
    AssignableScopes: ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/chat-platform-rg"],
  };
}
