/** Where one Azure cloud is found. */
export interface Cloud {
  readonly resourceManagerEndpoint: string;
  readonly authorityHost: string;
  /** What a token is asked for. */
  readonly scope: string;
  /** False when the authority is not public Azure's own: then nothing is asked of login.microsoftonline.com. */
  readonly publicAuthority: boolean;
}

// The double slash is right: these audiences end with a slash (azcore asks for the same scopes).
const CLOUDS = {
  public: {
    resourceManagerEndpoint: "https://management.azure.com",
    authorityHost: "https://login.microsoftonline.com",
    scope: "https://management.core.windows.net//.default",
  },
  usgovernment: {
    resourceManagerEndpoint: "https://management.usgovcloudapi.net",
    authorityHost: "https://login.microsoftonline.us",
    scope: "https://management.core.usgovcloudapi.net//.default",
  },
  china: {
    resourceManagerEndpoint: "https://management.chinacloudapi.cn",
    authorityHost: "https://login.chinacloudapi.cn",
    scope: "https://management.core.chinacloudapi.cn//.default",
  },
} as const;

const SPELLINGS: Readonly<Record<string, keyof typeof CLOUDS>> = {
  public: "public",
  azure: "public",
  azurecloud: "public",
  azurepublic: "public",
  azurepubliccloud: "public",
  usgov: "usgovernment",
  usgovernment: "usgovernment",
  usgovernmentcloud: "usgovernment",
  azureusgovernment: "usgovernment",
  azureusgovernmentcloud: "usgovernment",
  china: "china",
  chinacloud: "china",
  azurechina: "china",
  azurechinacloud: "china",
};

/** The cloud that a setting names, however it is spelled, or undefined for a name that is none. */
export function cloudNamed(name: string): Omit<Cloud, "publicAuthority"> | undefined {
  const spelling = name.toLowerCase().replace(/[^a-z]/g, "");
  return Object.hasOwn(SPELLINGS, spelling) ? CLOUDS[SPELLINGS[spelling] as keyof typeof CLOUDS] : undefined;
}
