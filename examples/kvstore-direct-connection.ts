// Attaches a direct connection to a Redis cluster instance. It takes an IP address per shard and one more of the vSwitch.
import { DirectConnection } from "pulumi-patchbay/kvstore";

const sessions = new DirectConnection("sessions", {
  instanceId: "r-chatsessions",
  regionId: "cn-hangzhou",
  connectionString: "chatsessions",
  port: 6380,
});

export const address = sessions.connectionDomain.apply((domain) => `redis://${domain}`);
