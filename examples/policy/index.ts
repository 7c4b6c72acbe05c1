// A policy pack for programs that rotate keys: pulumi preview --policy-pack <this folder>
import { PolicyPack } from "@pulumi/policy";
import { rotationIsApproved } from "./rotationIsApproved";

new PolicyPack("patchbay", { policies: [rotationIsApproved] });
