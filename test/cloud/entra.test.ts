import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential } from "@azure/identity";
import { type Cloud, startCloud } from "./index";
import { send } from "./plainClient";

const scope = "https://management.core.windows.net//.default";

let cloud: Cloud;
const environmentBefore = { ...process.env };
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  process.env = { ...environmentBefore };
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

/** The library takes https only; its last step is turned to the emulator. */
function options() {
  const host = new URL(cloud.url).host;
  return {
    authorityHost: `https://${host}`,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      {
        position: "perRetry" as const,
        policy: {
          name: "toTheEmulator",
          sendRequest<Request extends { url: string; allowInsecureConnection?: boolean }, Answer>(
            request: Request,
            next: (request: Request) => Answer,
          ): Answer {
            request.url = request.url.replace(`https://${host}`, cloud.url);
            request.allowInsecureConnection = true;
            return next(request);
          },
        },
      },
    ],
  };
}

const allowed = async (token: string | undefined) => {
  const address = `${cloud.url}/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/chat-platform-rg/providers/Microsoft.ApiManagement/service/x?api-version=2024-05-01`;
  return (await send(address, "GET", { Authorization: `Bearer ${token}` })).status !== 401;
};

it("gives the official client a token for a secret", async () => {
  const { tenantId, clientId, clientSecret } = cloud.identity;
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, options());
  const { token, expiresOnTimestamp } = await credential.getToken(scope);
  expect(await allowed(token)).toBe(true);
  expect(expiresOnTimestamp - Date.now()).toBeGreaterThan(3_500_000);
  expect(cloud.takeRequests().slice(0, 2)).toEqual(["DISCOVERY", "TOKEN"]);
  expect(cloud.tokensIssued).toBe(1);
  expect(cloud.secrets).toContain(token);
  expect(JSON.stringify(cloud.requests)).not.toContain(clientSecret);
});

it("refuses a wrong secret with the service's own sentence", async () => {
  const credential = new ClientSecretCredential(cloud.identity.tenantId, cloud.identity.clientId, randomUUID(), options());
  await expect(credential.getToken(scope)).rejects.toThrow(/AADSTS7000215: Invalid client secret provided/);
  const stranger = new ClientSecretCredential(cloud.identity.tenantId, randomUUID(), randomUUID(), options());
  await expect(stranger.getToken(scope)).rejects.toThrow(/AADSTS700016/);
});

it("takes a pipeline's token as an assertion", async () => {
  const { tenantId, clientId, oidcRequestToken } = cloud.identity;
  const requestUrl = cloud.environmentFor("oidc").ARM_OIDC_REQUEST_URL;
  const assertion = async () => {
    const answer = await send(`${requestUrl}&audience=api%3A%2F%2FAzureADTokenExchange`, "GET", {
      Authorization: `bearer ${oidcRequestToken}`,
    });
    return (answer.json as { value: string }).value;
  };
  const { token } = await new ClientAssertionCredential(tenantId, clientId, assertion, options()).getToken(scope);
  expect(await allowed(token)).toBe(true);
  const forged = new ClientAssertionCredential(tenantId, clientId, async () => randomUUID(), options());
  await expect(forged.getToken(scope)).rejects.toThrow(/AADSTS700027/);
});

it("takes an assertion that a trusted certificate's key has signed", async () => {
  const { tenantId, clientId } = cloud.identity;
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iss: clientId, sub: clientId })}`;
  const assertion = `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  const credential = new ClientAssertionCredential(tenantId, clientId, async () => assertion, options());
  await expect(credential.getToken(scope)).rejects.toThrow(/AADSTS700027/);
  cloud.trustCertificate(publicKey.export({ type: "spki", format: "pem" }).toString());
  expect(await allowed((await credential.getToken(scope)).token)).toBe(true);
});

it("is a managed identity endpoint", async () => {
  Object.assign(process.env, cloud.environmentFor("managedIdentity"));
  const { token } = await new ManagedIdentityCredential().getToken(scope);
  expect(await allowed(token)).toBe(true);
  expect(cloud.takeRequests()[0]).toBe("TOKEN");
  const wrong = await send(`${cloud.url}/identity/token?resource=x&api-version=2019-08-01`, "GET", { "X-IDENTITY-HEADER": randomUUID() });
  expect(wrong.status).toBe(401);
});

it("is an instance metadata endpoint, which wants its header", async () => {
  const address = `${cloud.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F`;
  expect((await send(address, "GET")).status).toBe(400);
  const answer = await send(address, "GET", { Metadata: "true" });
  expect(await allowed((answer.json as { access_token: string }).access_token)).toBe(true);
});
