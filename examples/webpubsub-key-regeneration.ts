// Rotates the secondary key once a month: change `month`, and the next deployment regenerates it.
import { KeyRegeneration } from "pulumi-patchbay/webpubsub";

const key = new KeyRegeneration("chat-secondary", {
  resourceGroupName: "chat-platform-rg",
  resourceName: "chat-prod",
  keyType: "Secondary",
  triggers: { month: "2026-11" },
});

export const connectionString = key.secondaryConnectionString;
