import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { rotationIsApproved } from "../../examples/policy/rotationIsApproved";
import { typeToken } from "../../provider/engine/resource";

/** What the policy reports about one resource, without an engine. */
function violations(operation: string, triggers?: unknown): string[] {
  const { validateResource } = rotationIsApproved as ResourceValidationPolicy & {
    validateResource(args: ResourceValidationArgs, report: (message: string) => void): void;
  };
  const reported: string[] = [];
  const resource = { type: typeToken(operation), name: "chat", props: { triggers } };
  validateResource(resource as unknown as ResourceValidationArgs, (message) => reported.push(message));
  return reported;
}

describe("the policy of examples/policy", () => {
  it.each(["webpubsub/KeyRegeneration", "webpubsub/RotatingKeys"])("refuses %s without an approval", (operation) => {
    const refusal = ["chat rotates a key: triggers needs a member approvedBy or changeTicket."];
    for (const triggers of [undefined, {}, { month: "2026-11" }, { approvedBy: "" }, { changeTicket: " " }, { approvedBy: null }])
      expect([triggers, violations(operation, triggers)]).toEqual([triggers, refusal]);
    for (const triggers of [{ month: "2026-11", approvedBy: "platform team" }, { changeTicket: 1042 }])
      expect([triggers, violations(operation, triggers)]).toEqual([triggers, []]);
  });

  it("says nothing of operations that rotate no key", () => {
    for (const operation of ["apimanagement/BackendPatch", "apimanagement/BackendReconnect", "kvstore/DirectConnection"])
      expect(violations(operation)).toEqual([]);
  });

  it("is mandatory, so that a preview fails", () => {
    expect(rotationIsApproved.enforcementLevel).toBe("mandatory");
  });
});
