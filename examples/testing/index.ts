// The program under test: patches a backend of the API team, and tells the gateway when the patch has landed.
import { BackendPatch, BackendReconnect } from "pulumi-patchbay/apimanagement";

const backend = { resourceGroupName: "chat-platform-rg", serviceName: "apim-prod", backendId: "orders" };

const orders = new BackendPatch("orders", { ...backend, url: "https://orders-v2.example.com/", onDestroy: "restore" });

const gateway = new BackendReconnect("gateway", { ...backend, triggers: { url: orders.url } });

export const url = orders.url;
export const toldAt = gateway.lastRun.at;
