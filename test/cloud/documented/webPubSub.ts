import { type Cloud, defaultResourceGroup as group } from "../index";
import { webPubSubClient } from "../officialClients";
import { type ChangedRequest, changing, type ErrorRow } from "./row";

const notFound = { status: 404, code: "ResourceNotFound", sentence: "The Resource 'Microsoft.SignalRService/WebPubSub/chat' under" };

function regenerate(cloud: Cloud, keyType = "Primary", change: (request: ChangedRequest) => void = () => undefined) {
  const { webPubSub } = changing(webPubSubClient(cloud), change);
  return webPubSub.beginRegenerateKeyAndWait(group, "chat", { keyType }, { updateIntervalInMs: 1 });
}

const wrongType = {
  operation: "WebPubSub_RegenerateKey",
  status: 400,
  code: "InvalidRequestContent",
  sentence: "The 'keyType' must be one of",
};

export const webPubSubErrors: readonly ErrorRow[] = [
  { operation: "WebPubSub_Get", ...notFound, provoke: (cloud) => webPubSubClient(cloud).webPubSub.get(group, "chat") },
  { operation: "WebPubSub_ListKeys", ...notFound, provoke: (cloud) => webPubSubClient(cloud).webPubSub.listKeys(group, "chat") },
  { operation: "WebPubSub_RegenerateKey", ...notFound, provoke: (cloud) => regenerate(cloud) },
  {
    ...{ operation: "WebPubSub_RegenerateKey", status: 409, code: "AnotherOperationInProgress" },
    sentence: "Primary and secondary key cannot be regenerated at the same time.",
    provoke: async (cloud) => {
      cloud.addWebPubSub("chat");
      cloud.settings.regenerateKey = "202";
      cloud.settings.operationPolls = 100;
      await webPubSubClient(cloud).webPubSub.beginRegenerateKey(group, "chat", { keyType: "Primary" });
      return regenerate(cloud, "Secondary");
    },
  },
  {
    ...wrongType,
    provoke: (cloud) => {
      cloud.addWebPubSub("chat");
      return regenerate(cloud, "Tertiary");
    },
  },
  {
    ...wrongType,
    provoke: (cloud) => {
      cloud.addWebPubSub("chat");
      return regenerate(cloud, "Primary", (request) => {
        request.body = "{}";
      });
    },
  },
  {
    // Its status lies below what is gone.
    ...{ operation: "WebPubSub_Delete", ...notFound },
    provoke: (cloud) => {
      cloud.addWebPubSub("chat");
      return webPubSubClient(cloud).webPubSub.beginDeleteAndWait(group, "chat", { updateIntervalInMs: 1 });
    },
  },
  {
    ...{ operation: "WebPubSub_Delete", status: 403, code: "InvalidOperationSignature" },
    sentence: "The signature of the operation's URL does not fit",
    provoke: (cloud) => {
      cloud.addWebPubSub("chat");
      cloud.settings.regenerateKey = "202";
      return regenerate(cloud, "Primary", (request) => {
        if (/operationStatuses/.test(request.url)) request.url += "&s=another";
      });
    },
  },
  {
    ...{
      operation: "an action that there is not",
      status: 404,
      code: "InvalidResourceAction",
      sentence: "The action 'restartNow' is not known.",
    },
    provoke: (cloud) => {
      cloud.addWebPubSub("chat");
      const elsewhere = (request: ChangedRequest) => {
        request.url = request.url.replace("listKeys", "restartNow");
      };
      return changing(webPubSubClient(cloud), elsewhere).webPubSub.listKeys(group, "chat");
    },
  },
];
