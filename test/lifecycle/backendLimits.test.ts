import { operation } from "../../provider/apimanagement/backendPatch";
import { hooksOf } from "./surroundings";

const a = (length: number) => "a".repeat(length);
const list = <T>(length: number, item: T): T[] => Array.from({ length }, () => item);
const target = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };
const credentials = (members: object) => ({ credentials: members });
const authorization = (members: object) => credentials({ authorization: { scheme: "Bearer", parameter: "p", ...members } });
const fabric = (members: object) => ({ properties: { serviceFabricCluster: { managementEndpoints: ["e"], ...members } } });
const rules = (...all: object[]) => ({ circuitBreaker: { rules: all } });
const condition = (members: object) => rules({ failureCondition: { count: 1, ...members } });
const ranges = (...all: object[]) => condition({ statusCodeRanges: all });
const services = (...all: object[]) => ({ pool: { services: all } });

const { hooks } = hooksOf(operation);
async function failuresOf(members: object): Promise<string[]> {
  return (await hooks.check({}, { ...target, ...members })).failures.map((failure) => failure.property);
}

describe("the members of a backend", () => {
  const taken: [string, object[]][] = [
    ["title", [{ title: a(1) }, { title: a(300) }, { title: null }]],
    ["description", [{ description: a(1) }, { description: a(2000) }, { description: null }]],
    ["url", [{ url: a(1) }, { url: a(2000) }, { url: null }]],
    ["resourceId", [{ resourceId: a(1) }, { resourceId: a(2000) }, { resourceId: null }]],
    ["protocol and type", [{ protocol: "http" }, { protocol: "grpc" }, { type: "Single" }, { type: "Newer" }]],
    ["scheme", [authorization({ scheme: a(1) }), authorization({ scheme: a(100) })]],
    ["parameter", [authorization({ parameter: a(1) }), authorization({ parameter: a(300) })]],
    ["certificates", [credentials({ certificateIds: list(32, "c") }), credentials({ certificate: list(32, "c") })]],
    ["removed certificates", [credentials({ certificateIds: null }), credentials({ certificate: null, certificateIds: ["c"] })]],
    ["header and query", [credentials({ header: {} }), credentials({ header: { a: [] }, query: { b: ["1", "2"] } })]],
    ["tls", [{ tls: { validateCertificateChain: true } }, { tls: { validateCertificateName: false } }, { tls: null }]],
    ["service fabric", [fabric({ maxPartitionResolutionRetries: 2 ** 31 - 1 }), fabric({ maxPartitionResolutionRetries: -(2 ** 31) })]],
    ["circuit breaker rules", [rules(...list(15, {})), { circuitBreaker: { rules: null } }, { circuitBreaker: null, title: "t" }]],
    ["status code ranges", [ranges(...list(10, { min: 200, max: 599 })), ranges({ min: 500, max: 500 })]],
    ["error reasons", [condition({ errorReasons: list(10, a(200)) }), condition({ errorReasons: [""] })]],
    ["percentage instead of count", [condition({ count: null, percentage: 50 })]],
    ["weight and priority", [services({ id: "x", weight: 0, priority: 0 }), services({ id: "x", weight: 100, priority: 100 })]],
  ];
  it.each(taken)("are taken at their bounds: %s", async (_what, members) => {
    for (const each of members) expect({ each, failures: await failuresOf(each) }).toEqual({ each, failures: [] });
  });

  const refused: [string, object[]][] = [
    ["title", [{ title: "" }, { title: a(301) }, { title: 1 }]],
    ["description", [{ description: "" }, { description: a(2001) }]],
    ["url", [{ url: "" }, { url: a(2001) }]],
    ["resourceId", [{ resourceId: "" }, { resourceId: a(2001) }]],
    ["protocol", [{ protocol: "" }]],
    ["type", [{ type: "" }]],
    ["credentials.authorization.scheme", [authorization({ scheme: "" }), authorization({ scheme: a(101) })]],
    ["credentials.authorization.parameter", [authorization({ parameter: "" }), authorization({ parameter: a(301) })]],
    ["credentials.certificateIds", [credentials({ certificateIds: [] }), credentials({ certificateIds: list(33, "c") })]],
    [
      "credentials.certificate",
      [
        credentials({ certificate: [] }),
        credentials({ certificate: list(33, "c") }),
        credentials({ certificate: ["c"], certificateIds: ["c"] }),
      ],
    ],
    ["credentials.header.a", [credentials({ header: { a: "1" } })]],
    ["tls.validateCertificateName", [{ tls: { validateCertificateName: null } }]],
    [
      "properties.serviceFabricCluster.maxPartitionResolutionRetries",
      [fabric({ maxPartitionResolutionRetries: 2 ** 31 }), fabric({ maxPartitionResolutionRetries: 1.5 })],
    ],
    ["properties.serviceFabricCluster.managementEndpoints", [{ properties: { serviceFabricCluster: {} } }]],
    ["circuitBreaker.rules", [rules(...list(16, {}))]],
    ["circuitBreaker.rules[0].tripDuration", [rules({ tripDuration: "60" }), rules({ tripDuration: "P" })]],
    ["circuitBreaker.rules[0].failureCondition", [rules({ failureCondition: {} }), condition({ percentage: 1 })]],
    ["circuitBreaker.rules[0].failureCondition.count", [condition({ count: 0.5 }), condition({ count: 2 ** 53 })]],
    ["circuitBreaker.rules[0].failureCondition.statusCodeRanges", [ranges(...list(11, { min: 500, max: 599 }))]],
    ["circuitBreaker.rules[0].failureCondition.statusCodeRanges[0].min", [ranges({ min: 199 }), ranges({ min: 200.5 })]],
    ["circuitBreaker.rules[0].failureCondition.statusCodeRanges[0].max", [ranges({ max: 600 })]],
    ["circuitBreaker.rules[0].failureCondition.statusCodeRanges[0]", [ranges({ min: 501, max: 500 })]],
    ["circuitBreaker.rules[0].failureCondition.errorReasons", [condition({ errorReasons: list(11, "r") })]],
    ["circuitBreaker.rules[0].failureCondition.errorReasons[0]", [condition({ errorReasons: [a(201)] })]],
    ["pool.services", [services(), { pool: {} }]],
    [
      "pool.services[0].weight",
      [services({ id: "x", weight: -1 }), services({ id: "x", weight: 101 }), services({ id: "x", weight: 0.5 })],
    ],
    ["pool.services[0].priority", [services({ id: "x", priority: -1 }), services({ id: "x", priority: 101 })]],
    ["pool.services[0].id", [services({ id: "" }), services({ weight: 1 })]],
    [
      "url",
      [
        { url: "https://a.example", ...services({ id: "x" }) },
        { url: "https://a.example", type: "Pool" },
      ],
    ],
    ["protocol", [{ protocol: "http", ...services({ id: "x" }) }]],
    ["type", [{ type: "Single", ...services({ id: "x" }) }]],
    ["extraProperties.title", [{ extraProperties: { title: "t" } }]],
    ["extraProperties.credentials", [{ extraProperties: { credentials: "x" } }]],
    ["extraProperties.tls.validateCertificateChain", [{ extraProperties: { tls: { validateCertificateChain: true } } }]],
    ["backendId", [{}, { tls: {} }, { extraProperties: {} }]],
  ];
  it.each(refused)("are refused one past their bounds: %s", async (property, members) => {
    for (const each of members) expect({ each, failures: await failuresOf(each) }).toEqual({ each, failures: [property] });
  });
});
