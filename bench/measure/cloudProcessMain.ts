import { type Cloud, startCloud } from "../../test/cloud";
import { addBackends, addClusters, addInstances, addWebPubSubs } from "../runs/world";
import type { CloudAddress, Counts, Order } from "./cloudProcess";

async function main(): Promise<void> {
  const cloud = await startCloud();
  let opened = 0;
  const takeCounts = (): Counts => {
    const requests = cloud.requests.filter(({ kind }) => kind !== "TOKEN").length;
    const counts = {
      requests,
      tokens: cloud.tokensIssued,
      connections: cloud.connections.opened - opened,
    };
    opened = cloud.connections.opened;
    cloud.requests.length = 0;
    return counts;
  };
  process.on("message", (order: Order) => {
    process.send?.(obey(cloud, order, takeCounts) ?? true);
  });
  process.on("disconnect", () => void cloud.stop());
  const { subscriptionId, accessKeyId, accessKeySecret, regionId } = cloud.identity;
  const address: CloudAddress = {
    url: cloud.url,
    accessToken: cloud.accessToken,
    identity: { subscriptionId, accessKeyId, accessKeySecret, regionId },
    environment: cloud.environment,
    environments: { readyToken: cloud.environmentFor("readyToken"), clientSecret: cloud.environmentFor("clientSecret") },
  };
  process.send?.(address);
}

function obey(cloud: Cloud, order: Order, takeCounts: () => Counts): unknown {
  switch (order.do) {
    case "settings":
      return void Object.assign(cloud.settings, order.settings);
    case "addBackends":
      return addBackends(cloud, order.count, order.services);
    case "addWebPubSub":
      return addWebPubSubs(cloud, order.count);
    case "addCluster":
      return addClusters(cloud, order.count);
    case "addInstance":
      return addInstances(cloud, order.count);
    default:
      return takeCounts();
  }
}

void main();
