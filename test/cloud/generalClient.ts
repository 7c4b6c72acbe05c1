import OpenApiClient, { OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { Cloud } from "./index";
import { openApiSettings } from "./officialClients";

export interface GeneralAnswer {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Any operation of R-KVStore through Alibaba's general client, which knows neither its name nor its parameters. */
export async function callGenerally(cloud: Cloud, action: string, query: Record<string, string> = {}): Promise<GeneralAnswer> {
  const client = new OpenApiClient(openApiSettings(cloud));
  const params = new Params({
    action,
    version: "2015-01-01",
    protocol: "HTTP",
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: "formData",
    bodyType: "json",
  });
  return (await client.callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({}))) as GeneralAnswer;
}
