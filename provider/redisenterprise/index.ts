export {
  PrivateEndpointConnection,
  type PrivateEndpointConnectionArgs,
  type PrivateEndpointConnectionInputs,
  type PrivateLinkServiceConnectionState,
} from "./privateEndpointConnection";
