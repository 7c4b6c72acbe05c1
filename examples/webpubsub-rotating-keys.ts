// Rotates both keys of a service in turns, one a month: change `month`, and the next deployment regenerates the idle
// key and hands it out. Clients with the key of the last deployment keep serving.
import { RotatingKeys } from "pulumi-patchbay/webpubsub";

const chat = new RotatingKeys("chat-keys", {
  resourceGroupName: "chat-platform-rg",
  resourceName: "chat-prod",
  triggers: { month: "2026-11" },
  maximumAge: "P45D",
});

export const connectionString = chat.activeConnectionString;
