import type { ResourceValidationPolicy } from "@pulumi/policy";

const rotating = ["pulumi-nodejs:dynamic/patchbay/webpubsub:KeyRegeneration", "pulumi-nodejs:dynamic/patchbay/webpubsub:RotatingKeys"];
const approvals = ["approvedBy", "changeTicket"];

// A member of triggers, so that each approval is for one rotation: whoever changes the month changes the approval with it.
export const rotationIsApproved: ResourceValidationPolicy = {
  name: "rotation-is-approved",
  description: "A key is rotated with an approval only.",
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, reportViolation) => {
    if (!rotating.includes(type)) return;
    const triggers: Record<string, unknown> = props.triggers ?? {};
    const isApproved = approvals.some((member) => /\S/.test(String(triggers[member] ?? "")));
    if (!isApproved) reportViolation(`${name} rotates a key: triggers needs a member ${approvals.join(" or ")}.`);
  },
};
