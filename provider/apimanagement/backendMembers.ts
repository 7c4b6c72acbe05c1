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
  /** The Authorization header. */
  authorization?: BackendAuthorization | null;
}

/** Web proxy between the gateway and the backend. Always secret. */
export interface BackendProxy {
  /** Absolute address of the proxy, 1 to 2000 characters. */
  url: string;
  /** With which the gateway signs in at the proxy. */
  username?: string | null;
  /** Of that user. */
  password?: string | null;
}

/** Certificate checks of the gateway. The service wants both flags: one that is not given is sent as it is now. */
export interface BackendTls {
  /** Whether the chain of the backend's certificate is checked; the service assumes so where it is not set. */
  validateCertificateChain?: boolean;
  /** Whether the name in the backend's certificate is checked; the service assumes so where it is not set. */
  validateCertificateName?: boolean;
}

/** A server certificate by name and issuer. */
export interface X509CertificateName {
  /** Common name of the certificate. */
  name?: string | null;
  /** Thumbprint of the certificate's issuer. */
  issuerCertificateThumbprint?: string | null;
}

/** Members of one type of backend only. */
export interface BackendTypeProperties {
  /** A Service Fabric cluster as the backend. */
  serviceFabricCluster?: {
    /** Management endpoints of the cluster. */
    managementEndpoints: string[];
    /** ARM id of the client certificate for the management endpoint. */
    clientCertificateId?: string | null;
    /** Thumbprint of the client certificate for the management endpoint. The service ignores it when `clientCertificateId` is there. */
    clientCertificatethumbprint?: string | null;
    /** How often the gateway looks for a partition again. */
    maxPartitionResolutionRetries?: number | null;
    /** Thumbprints of the certificates of the cluster's management service. */
    serverCertificateThumbprints?: string[] | null;
    /** The same certificates by name and issuer. */
    serverX509Names?: X509CertificateName[] | null;
  } | null;
}

/** HTTP statuses from `min` to `max`, which is not below it. */
export interface StatusCodeRange {
  /** The first, 200 to 599. */
  min?: number;
  /** The last, 200 to 599. */
  max?: number;
}

/** When the circuit breaker trips: exactly one of `count` and `percentage` of failures within `interval`. */
export interface FailureCondition {
  /** So many failures. Exactly one of this and `percentage`. */
  count?: number | null;
  /** Such a share of failures, in percent. Exactly one of this and `count`. */
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
        /** Name of the rule. */
        name?: string | null;
        /** When it trips. */
        failureCondition?: FailureCondition | null;
        /** How long it stays open: an ISO 8601 duration such as "PT1M". */
        tripDuration?: string | null;
        /** Whether a Retry-After of the backend decides how long it stays open. */
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
    /** Its share among those of the same priority, 0 to 100. */
    weight?: number | null;
    /** Lower ones come first, 0 to 100. */
    priority?: number | null;
  }[];
}

/** The twelve members of BackendUpdateParameters. `null` removes a member; one that is not given is not touched. */
export interface BackendMembers {
  /** Title of the backend, 1 to 300 characters. */
  title?: string | null;
  /** Description of the backend, 1 to 2000 characters. */
  description?: string | null;
  /** Address of the backend, 1 to 2000 characters. Not with a pool. */
  url?: string | null;
  /** How the gateway speaks to the backend. Not with a pool. */
  protocol?: "http" | "soap" | (string & {}) | null;
  /** Management address of a Logic App, Function App or API App, 1 to 2000 characters. */
  resourceId?: string | null;
  /** One backend, or a pool of others. */
  type?: "Single" | "Pool" | (string & {}) | null;
  /** With which the gateway calls the backend. Always secret. */
  credentials?: BackendCredentials | null;
  /** Web proxy between the gateway and the backend. Always secret. */
  proxy?: BackendProxy | null;
  /** Certificate checks of the gateway. The service wants both flags: one that is not given is sent as it is now. */
  tls?: BackendTls | null;
  /** Members of one type of backend only. */
  properties?: BackendTypeProperties | null;
  /** Stops calls to a backend that fails. */
  circuitBreaker?: CircuitBreaker | null;
  /** Other backends, among which the gateway chooses; only with type "Pool". */
  pool?: BackendPool | null;
}
