import { backendReconnectTable } from "./apiManagementTables";
import type { Table } from "./table";

const given = backendReconnectTable.columns[0]?.given ?? (() => ({}));
const up = { repeat: "read", hook: "up", given } as const;

/** The requests before the first one: they ask for a token. */
export const signInTable: Table = {
  ...backendReconnectTable,
  title: "Signing in to Azure",
  columns: [
    { title: "GET of the authority's metadata", strikes: { kind: "DISCOVERY" }, login: "clientSecret", ...up },
    { title: "POST for a token, client secret", strikes: { kind: "TOKEN" }, login: "clientSecret", ...up },
    { title: "GET of the pipeline's OIDC token", strikes: { kind: "OIDC" }, login: "oidc", ...up },
    { title: "GET of a managed identity's token", strikes: { kind: "TOKEN" }, login: "managedIdentity", ...up },
    { title: "POST for a token, OIDC", strikes: { kind: "TOKEN" }, login: "oidc", ...up },
  ],
};
