// The members of a backend as the contract of 2024-05-01 has them.

/** Authorization header that the gateway sends to the backend. */
export interface BackendAuthorization {
  /** Authentication scheme, 1 to 100 characters: `Basic`, `Bearer`. */
  scheme: string;
  /** Authentication parameter, 1 to 300 characters. Always secret; a `{{named-value}}` keeps it out of the backend. */
  parameter: string;
}

/** Credentials with which the gateway calls the backend. Always secret. */
export interface BackendCredentials {
  /** Ids of client certificates, at most 32 items and not none. */
  certificateIds?: string[] | null;
  /**
   * Thumbprints of client certificates, at most 32 items and not none. The service ignores them when `certificateIds` is
   * there, so both are refused.
   */
  certificate?: string[] | null;
  /** Query parameters and their values; the map is owned as a whole. */
  query?: Record<string, string[]> | null;
  /** Headers and their values; the map is owned as a whole. */
  header?: Record<string, string[]> | null;
  authorization?: BackendAuthorization | null;
}

/** Web proxy between the gateway and the backend. Always secret. */
export interface BackendProxy {
  /** Absolute address of the proxy, 1 to 2000 characters. */
  url: string;
  username?: string | null;
  password?: string | null;
}

/** Certificate checks of the gateway. The service wants both flags: one that is not given is sent as it is now. */
export interface BackendTls {
  validateCertificateChain?: boolean;
  validateCertificateName?: boolean;
}

/** A server certificate by name and issuer. */
export interface X509CertificateName {
  name?: string | null;
  issuerCertificateThumbprint?: string | null;
}

/** Members of one type of backend only. */
export interface BackendTypeProperties {
  serviceFabricCluster?: {
    /** Management endpoints of the cluster. */
    managementEndpoints: string[];
    clientCertificateId?: string | null;
    /** The service ignores it when `clientCertificateId` is there. */
    clientCertificatethumbprint?: string | null;
    maxPartitionResolutionRetries?: number | null;
    serverCertificateThumbprints?: string[] | null;
    serverX509Names?: X509CertificateName[] | null;
  } | null;
}

/** HTTP statuses from `min` to `max`, which is not below it. */
export interface StatusCodeRange {
  /** 200 to 599. */
  min?: number;
  /** 200 to 599. */
  max?: number;
}

/** When the circuit breaker trips: exactly one of `count` and `percentage` of failures within `interval`. */
export interface FailureCondition {
  count?: number | null;
  percentage?: number | null;
  /** Length of the window: an ISO 8601 duration such as "PT1M". */
  interval?: string | null;
  /** Which answers of the backend are failures, at most 10 items. */
  statusCodeRanges?: StatusCodeRange[] | null;
  /** Which errors are failures, at most 10 items, each at most 200 characters. */
  errorReasons?: string[] | null;
}

/** Circuit breaker of the gateway; the list of rules is owned as a whole. */
export interface CircuitBreaker {
  /** At most 15 items by the contract; the service's documentation speaks of one. */
  rules?:
    | {
        name?: string | null;
        failureCondition?: FailureCondition | null;
        /** How long it stays open: an ISO 8601 duration such as "PT1M". */
        tripDuration?: string | null;
        acceptRetryAfter?: boolean | null;
      }[]
    | null;
}

/** Pool of other backends; the list of members is owned as a whole. */
export interface BackendPool {
  /** At least one item. */
  services: {
    /** ARM id of a backend of the same service that exists already. */
    id: string;
    /** 0 to 100. */
    weight?: number | null;
    /** 0 to 100. */
    priority?: number | null;
  }[];
}

/** The twelve members of BackendUpdateParameters. `null` removes a member; one that is not given is not touched. */
export interface BackendMembers {
  /** 1 to 300 characters. */
  title?: string | null;
  /** 1 to 2000 characters. */
  description?: string | null;
  /** Address of the backend, 1 to 2000 characters. Not with a pool. */
  url?: string | null;
  /** Not with a pool. */
  protocol?: "http" | "soap" | (string & {}) | null;
  /** Management address of a Logic App, Function App or API App, 1 to 2000 characters. */
  resourceId?: string | null;
  type?: "Single" | "Pool" | (string & {}) | null;
  /** Always secret. */
  credentials?: BackendCredentials | null;
  /** Always secret. */
  proxy?: BackendProxy | null;
  tls?: BackendTls | null;
  properties?: BackendTypeProperties | null;
  circuitBreaker?: CircuitBreaker | null;
  pool?: BackendPool | null;
}
