// Approves the private endpoint of a partner team as soon as it shows up. Costs nothing; destroy leaves it approved.
import { PrivateEndpointConnection } from "pulumi-patchbay/redisenterprise";

const connection = new PrivateEndpointConnection("partner", {
  resourceGroupName: "chat-platform-rg",
  clusterName: "cache-prod",
  privateEndpointId:
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/partner-rg/providers/Microsoft.Network/privateEndpoints/partner-cache",
  privateLinkServiceConnectionState: { status: "Approved", description: "Approved by the cache team" },
  allowedSubscriptionIds: ["00000000-0000-0000-0000-000000000000"],
});

export const connectionName = connection.privateEndpointConnectionName;
