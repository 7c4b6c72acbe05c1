import { operation } from "../../provider/apimanagement/backendPatch";
import type { Cloud, Fault } from "../cloud";
import { HookDriver } from "../support/hookDriver";
import type { Command, Ending, Foreign, ReadEnding, Start, Trouble } from "./commands";
import { type Leaves, leavesOf } from "./leaves";
import { revealed, veiled } from "./secrets";
import { patchOf, poolMembers, starts } from "./twin";

export const service = "apim-prod";
export const backendId = "orders";
export const place = { resourceGroupName: "chat-platform-rg", serviceName: service, backendId };

/** One write as the cloud saw it: the backend when it arrived, and when it was dealt with. */
export interface SeenWrite {
  readonly before: Leaves | undefined;
  after: Leaves | undefined;
}

/** The backend in the local cloud, what somebody else does to it, and what meets our requests on their way. */
export class Gateway {
  readonly driver: HookDriver;
  /** The ETags that reads of the current command were answered with. */
  readonly etags: string[] = [];
  readonly writes: SeenWrite[] = [];

  constructor(
    readonly cloud: Cloud,
    start: Start,
  ) {
    cloud.addApiManagementService(service);
    for (const name of poolMembers) cloud.addBackend(service, name, starts.bare);
    cloud.addBackend(service, backendId, revealed(starts[start]));
    this.driver = new HookDriver(operation, cloud);
  }

  content(): Leaves | undefined {
    if (!this.cloud.hasBackend(service, backendId)) return undefined;
    return leavesOf(veiled(this.cloud.backend(service, backendId).properties));
  }

  change(foreign: Foreign): void {
    const content = this.content();
    if (foreign.do === "vanished") this.cloud.removeBackend(service, backendId);
    if (foreign.do === "replaced") this.cloud.addBackend(service, backendId, revealed(starts[foreign.as]));
    if (foreign.do !== "theirs" || content === undefined) return;
    this.cloud.changeBackend(service, backendId, revealed(patchOf(content, foreign.at, foreign.value)));
  }

  /** Before a command: what its requests meet. */
  arm(command: Command): void {
    this.etags.length = 0;
    this.writes.length = 0;
    this.armFor("troubles" in command ? command.troubles : [], "read" in command ? command.read : undefined);
  }

  private armFor([trouble = { ends: "answered" }, ...later]: readonly Trouble[], read?: ReadEnding): void {
    const { faults } = this.cloud;
    faults.clear();
    if (read !== undefined) faults.add({ ...faultOf(read), method: "GET" });
    for (const method of ["PATCH", "PUT"]) {
      faults.add({
        ...{ ...faultOf(trouble.ends), method },
        before: () => {
          if (trouble.before !== undefined) this.change(trouble.before);
          this.writes.push({ before: this.content(), after: undefined });
          this.armFor(later);
        },
        after: () => {
          const write = this.writes.at(-1);
          if (write !== undefined) write.after = this.content();
        },
      });
    }
    const remember = () => {
      if (this.cloud.hasBackend(service, backendId)) this.etags.push(this.cloud.backend(service, backendId).etag);
    };
    faults.add({ method: "GET", mode: "pass", times: Number.POSITIVE_INFINITY, after: remember });
  }
}

function faultOf(ending: Ending): Fault & { apply?: boolean } {
  const apply = ending.endsWith(", acted");
  const [how = ""] = ending.split(",");
  if (how === "answered") return { mode: "pass" };
  return how === "reset" || how === "close"
    ? { mode: how, apply }
    : { mode: "answer", status: Number(how), apply, headers: { "retry-after-ms": "1" } };
}
