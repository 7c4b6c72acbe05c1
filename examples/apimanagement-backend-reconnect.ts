// Tells the gateway to connect to the backend anew, once now and again whenever `release` changes.
import { BackendReconnect } from "pulumi-patchbay/apimanagement";

const reconnect = new BackendReconnect("orders", {
  resourceGroupName: "chat-platform-rg",
  serviceName: "apim-prod",
  backendId: "orders",
  after: "PT2M",
  triggers: { release: "2026-11-22" },
});

export const toldAt = reconnect.lastRun.at;
