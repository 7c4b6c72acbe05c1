import { inspect } from "node:util";
import type { Cloud, CloudRequest, JsonObject } from "../cloud";
import type { Command, Sequence } from "./commands";
import { backendId, Gateway, place, service } from "./gateway";
import {
  foreignLeavesAreKept,
  must,
  nothingTellsASecret,
  ownedLeavesConverge,
  ownedPaths,
  patchesHoldOwnedLeaves,
  stateIsWhatIsOwned,
  writesAreGuarded,
} from "./invariants";
import { type Leaves, treeOf } from "./leaves";
import { withoutNullsInside } from "./meaning";
import { argumentsOf, isContradictory, wantedBy } from "./program";
import { type Expected, isChanged, Reference } from "./reference";
import { revealed, veiled } from "./secrets";
import { endingOf, inOrder, otherWarnings, toldChanges, toldKept } from "./told";

/** Takes a sequence through the reference and through the provider, and holds one against the other after each command. */
export async function walk(cloud: Cloud, sequence: Sequence): Promise<void> {
  const walker = new Walker(cloud, sequence);
  for (const [index, command] of sequence.commands.entries()) {
    try {
      await walker.step(command);
    } catch (error) {
      throw new Error(`after command ${index + 1}, ${JSON.stringify(command)}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

class Walker {
  private readonly gateway: Gateway;
  private readonly reference: Reference;
  private seenRequests = 0;
  private seenLines = 0;

  constructor(
    private readonly cloud: Cloud,
    sequence: Sequence,
  ) {
    this.gateway = new Gateway(cloud, sequence.start);
    this.seenRequests = cloud.requests.length;
    this.reference = new Reference(sequence);
  }

  async step(command: Command): Promise<void> {
    const { gateway, reference } = this;
    gateway.arm(command);
    if (command.do === "theirs" || command.do === "replaced" || command.do === "vanished") gateway.change(command);
    if (command.do === "preview") await this.preview();
    else await this.compare(command);
    const backend = command.do === "destroy" ? "7: destroy leaves another backend" : "0: the backend is another one";
    must(backend, tree(gateway.content()), tree(reference.twin.content));
    must("the emulator failed", this.cloud.failures, []);
  }

  private async compare(command: Command): Promise<void> {
    const { reference, gateway } = this;
    const isUp = command.do === "up";
    const wanted = isUp ? wantedBy(reference.program) : new Map();
    const owned = ownedPaths(wanted, reference.recorded?.memory);
    const pinned = isUp ? reference.program.settings.ifMatch : undefined;
    const isRecorded = reference.recorded !== undefined;
    const expected = reference.step(command);
    if (isUp) await this.compareCall(expected, owned, pinned, () => gateway.driver.up(this.given()));
    if (command.do === "destroy" && isRecorded) await this.compareCall(expected, owned, pinned, () => this.destroy());
    if (command.do === "refresh" && isRecorded) await this.compareCall(expected, owned, pinned, () => this.refresh());
    if (isUp && expected.failure === undefined) await this.compareSecondUp(expected, wanted);
  }

  private async destroy(): Promise<string> {
    await this.gateway.driver.destroy();
    return "destroyed";
  }

  private async refresh(): Promise<string> {
    return (await this.gateway.driver.refresh()) ? "read" : "gone";
  }

  private async compareSecondUp({ step }: Expected, wanted: Leaves): Promise<void> {
    const { gateway, reference } = this;
    const { recorded, program } = reference;
    // With "*" somebody may have given what is wanted absent after it was read, and a PATCH cannot take it away.
    if (program.settings.ifMatch === "*" && recorded !== undefined && isChanged(reference.changes(recorded))) return;
    if (step !== "unchanged") ownedLeavesConverge(gateway.content(), wanted);
    must("3: a second up does something", await gateway.driver.up(this.given()), "unchanged");
    must("3: a second up sends something", this.newRequests(), []);
  }

  private async preview(): Promise<void> {
    const { gateway, reference } = this;
    const isRefused = isContradictory(reference.program);
    must("0: check refuses otherwise", (await gateway.driver.problems(this.given())).length > 0, isRefused);
    if (reference.recorded === undefined || isRefused) return;
    this.newLines();
    const changes = reference.changes(reference.recorded);
    const told = await gateway.driver.preview(this.given());
    must("6: a preview shows other changes", toldChanges(this.newLines()), inOrder(changes));
    must("6: a preview shows none where there are some", told.changes, isChanged(changes));
    must("3: a preview sends something", this.newRequests(), []);
  }

  private async compareCall(
    expected: Expected,
    owned: readonly string[],
    pinned: string | undefined,
    work: () => Promise<string>,
  ): Promise<void> {
    const { gateway } = this;
    let failure: Error | undefined;
    const step = await work().catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      return undefined;
    });
    // A read that is tried again shows nothing by then.
    const requests = this.newRequests().filter(({ method, applied }) => method !== "GET" || applied);
    const lines = this.newLines();
    nothingTellsASecret(gateway, [
      ...gateway.driver.waits.splice(0),
      ...gateway.driver.ends.splice(0),
      failure?.message ?? "",
      inspect(failure, { depth: 9 }),
    ]);
    writesAreGuarded(requests, gateway.etags, pinned);
    patchesHoldOwnedLeaves(requests, owned);
    // With "*" a whole backend is sent whatever happened in between, and takes that with it.
    const isBlind = pinned === "*" && requests.some(({ method }) => method === "PUT");
    if (!isBlind) foreignLeavesAreKept(gateway.writes, owned, pinned !== "*");
    if (pinned === undefined) must("1: the service is said to have changed something", otherWarnings(lines), []);
    must("0: it ended otherwise", failure === undefined ? step : endingOf(failure), endingExpected(expected));
    must("0: other requests were sent", methodsOf(requests), expected.methods);
    const writes = requests.filter(({ method }) => method !== "GET");
    must(
      "5: a write holds something else",
      writes.map(bodyOf),
      expected.writes.map(({ body }) => tree(body)),
    );
    must("7: other leaves were left as somebody else's", toldKept(lines), [...expected.kept].sort());
    this.compareState(expected);
  }

  private compareState(expected: Expected): void {
    const { recorded } = this.gateway.driver;
    must("9: a state is recorded", recorded !== undefined, this.reference.recorded !== undefined);
    if (recorded === undefined || this.reference.recorded === undefined) return;
    const isRead = expected.failure === undefined && expected.step !== "unchanged" && expected.step !== "destroyed";
    stateIsWhatIsOwned(recorded.state, this.reference.recorded, isRead ? this.cloud.backend(service, backendId).etag : undefined);
  }

  private given() {
    return { ...place, ...revealed(argumentsOf(this.reference.program)) };
  }

  private newRequests(): CloudRequest[] {
    const all = this.cloud.requests.slice(this.seenRequests);
    this.seenRequests = this.cloud.requests.length;
    return all;
  }

  private newLines(): string[] {
    const all = this.gateway.driver.said.slice(this.seenLines);
    this.seenLines = this.gateway.driver.said.length;
    nothingTellsASecret(this.gateway, all);
    return all;
  }
}

function endingExpected({ step, failure }: Expected) {
  return failure === undefined ? step : { kind: failure.kind, leaves: [...failure.leaves].sort() };
}

function methodsOf(requests: readonly CloudRequest[]): string[] {
  return requests.map(({ method }) => method);
}

function bodyOf({ body }: CloudRequest): unknown {
  const { properties } = veiled(JSON.parse(body)) as { properties: JsonObject };
  return withoutNullsInside(properties);
}

function tree(leaves: Leaves | undefined) {
  return leaves && withoutNullsInside(treeOf(leaves));
}
