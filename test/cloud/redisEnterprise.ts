import { type ArmCall, type ArmService, sameName } from "./arm";
import { armError, methodNotAllowed, parentResourceNotFound, resourceNotFound } from "./armErrors";
import type { CloudContext } from "./context";
import { type Answer, emptyAnswer, isJsonObject, type JsonValue, jsonAnswer } from "./exchange";
import type { LongRunningOperations } from "./longRunningOperations";
import { type Cluster, type Connection, clusterType, connectionType, PrivateEndpointConnections } from "./privateEndpointConnections";

const synchronousDeleteVersion = "2022-01-01";
const apiVersions = [synchronousDeleteVersion, "2025-07-01"];

export class RedisEnterprise implements ArmService {
  readonly namespace = "Microsoft.Cache";
  readonly apiVersions = { redisenterprise: apiVersions, "redisenterprise/privateendpointconnections": apiVersions };
  readonly connections: PrivateEndpointConnections;

  constructor(
    private readonly context: CloudContext,
    private readonly operations: LongRunningOperations,
  ) {
    this.connections = new PrivateEndpointConnections(context);
  }

  answer(call: ArmCall): Answer {
    const [, clusterName = "", nested, connectionName] = call.resource;
    const found = this.connections.cluster(clusterName, call.resourceGroup);
    if (nested === undefined) {
      if (call.method !== "GET") throw methodNotAllowed(call.method);
      if (found === undefined) throw resourceNotFound(clusterType, clusterName, call.resourceGroup);
      return jsonAnswer(200, this.connections.clusterBody(found));
    }
    if (found === undefined)
      throw parentResourceNotFound(
        call.method,
        "redisEnterprise/privateEndpointConnections",
        this.connections.clusterId(call.resourceGroup, clusterName),
      );
    if (/^operationresults$/i.test(nested)) throw armError(404, "ResourceNotFound", "The operation was not found.");
    if (connectionName === undefined) {
      if (call.method !== "GET") throw methodNotAllowed(call.method);
      return jsonAnswer(200, { value: this.connections.visible(found).map((connection) => this.connections.body(found, connection)) });
    }
    return this.#answerForConnection(call, found, connectionName);
  }

  #answerForConnection(call: ArmCall, cluster: Cluster, connectionName: string): Answer {
    const connection = this.connections.visible(cluster).find((candidate) => candidate.name.toLowerCase() === connectionName.toLowerCase());
    if (call.method === "DELETE") return connection === undefined ? emptyAnswer(204) : this.#delete(call, cluster, connection);
    if (call.method !== "GET" && call.method !== "PUT") throw methodNotAllowed(call.method);
    if (connection === undefined) throw resourceNotFound(connectionType, `${cluster.name}/${connectionName}`, call.resourceGroup);
    if (call.method === "GET") return jsonAnswer(200, this.connections.body(cluster, connection));
    return this.#put(call, cluster, connection);
  }

  #put(call: ArmCall, cluster: Cluster, connection: Connection): Answer {
    if (connection.operation?.ended === false) {
      throw armError(
        409,
        "AnotherOperationInProgress",
        `Another operation on the private endpoint connection '${connection.name}' is in progress.`,
      );
    }
    const wished = this.#wishedState(call, connection);
    const { settings } = this.context;
    if (settings.connectionPut === "done") {
      become(connection, wished);
    } else if (settings.connectionPut === "provisioningState") {
      become(connection, wished);
      connection.creatingPolls = settings.operationPolls;
      connection.creatingState = "Creating";
    } else {
      connection.provisioningState = "Creating";
      const operation = this.operations.start({
        statusPath: this.connections.statusPath(cluster),
        apiVersion: call.apiVersion,
        signed: true,
        runningStatuses: ["Pending", "InProgress"],
        firstEndTime: "year one",
        onEnd: (outcome) => {
          connection.provisioningState = outcome === "Succeeded" ? "Succeeded" : "Failed";
          if (outcome === "Succeeded") connection.state = wished;
        },
        finalAnswer: () => emptyAnswer(204),
      });
      connection.operation = operation;
      const location = `${this.context.origin()}${encodeURI(this.connections.connectionId(cluster, connection))}?api-version=${call.apiVersion}`;
      const headers = { "Azure-AsyncOperation": operation.url("status"), Location: location, ...this.operations.retryAfter() };
      return jsonAnswer(settings.connectionPutStatus, this.connections.body(cluster, connection), headers);
    }
    return jsonAnswer(settings.connectionPutStatus, this.connections.body(cluster, connection));
  }

  #wishedState(call: ArmCall, connection: Connection): Connection["state"] {
    const body = call.json() ?? {};
    const properties = isJsonObject(body.properties) ? body.properties : {};
    const privateEndpoint = isJsonObject(properties.privateEndpoint) ? properties.privateEndpoint : {};
    // The official client sends an empty privateEndpoint, which sets nothing.
    const readOnly =
      ["id", "name", "type"].some((member) => member in body) || "provisioningState" in properties || "id" in privateEndpoint;
    if (readOnly) throw armError(400, "InvalidResource", "The resource definition is invalid. Property set method not found.");
    const wished = properties.privateLinkServiceConnectionState;
    if (!isJsonObject(wished)) {
      throw armError(
        400,
        "InvalidRequestContent",
        "The request content was invalid: 'properties.privateLinkServiceConnectionState' is required.",
      );
    }
    const status = canonicalStatus(wished.status);
    if (/^(rejected|disconnected)$/i.test(connection.state.status) && status === "Approved") {
      throw armError(400, "BadRequest", "Approving rejected private endpoint connections is not supported.");
    }
    if (sameName(connection.state.status, status) && this.context.settings.equalConnectionStatus === "refused") {
      throw armError(
        400,
        "InvalidValuesForRequestParameters",
        "Values for request parameters are invalid: privateLinkServiceConnectionState.",
      );
    }
    return { status, description: textOr(wished.description, ""), actionsRequired: textOr(wished.actionsRequired, "None") };
  }

  #delete(call: ArmCall, cluster: Cluster, connection: Connection): Answer {
    if (call.apiVersion === synchronousDeleteVersion) {
      cluster.connections.delete(connection.name.toLowerCase());
      return emptyAnswer(200);
    }
    connection.provisioningState = "Deleting";
    const operation = this.operations.start({
      statusPath: this.connections.statusPath(cluster),
      resultPath: `${encodeURI(this.connections.clusterId(cluster.resourceGroup, cluster.name))}/operationresults`,
      apiVersion: call.apiVersion,
      signed: true,
      runningStatuses: ["Pending", "InProgress"],
      firstEndTime: "year one",
      onEnd: (outcome) => {
        if (outcome === "Succeeded") cluster.connections.delete(connection.name.toLowerCase());
        else connection.provisioningState = "Failed";
      },
      finalAnswer: () => emptyAnswer(204),
    });
    connection.operation = operation;
    const headers = { "Azure-AsyncOperation": operation.url("status"), Location: operation.url("result"), ...this.operations.retryAfter() };
    // A body with a 202 is what this provider was recorded to send.
    return jsonAnswer(202, { name: connection.name, type: connectionType, properties: { provisioningState: "Deleting" } }, headers);
  }
}

/** A write that ends well ends an earlier failure too. */
function become(connection: Connection, state: Connection["state"]): void {
  connection.state = state;
  if (connection.provisioningState !== "") connection.provisioningState = "Succeeded";
}

function canonicalStatus(status: JsonValue | undefined): string {
  const known = (["Pending", "Approved", "Rejected"] as const).find(
    (word) => typeof status === "string" && word.toLowerCase() === status.toLowerCase(),
  );
  if (known !== undefined) return known;
  throw armError(
    400,
    "InvalidRequestContent",
    "The value of 'privateLinkServiceConnectionState.status' is not one of Pending, Approved, Rejected.",
  );
}

function textOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}
