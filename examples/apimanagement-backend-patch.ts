// Owns two members of a backend that the API team created, and puts them back when it is destroyed.
import { BackendPatch } from "pulumi-patchbay/apimanagement";

const orders = new BackendPatch("orders", {
  resourceGroupName: "chat-platform-rg",
  serviceName: "apim-prod",
  backendId: "orders",
  description: "Orders, patched by the chat platform",
  tls: { validateCertificateChain: true, validateCertificateName: true },
  onDestroy: "restore",
});

export const etag = orders.etag;
