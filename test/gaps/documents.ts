import lockfile from "../../package-lock.json";
import { expectDocument, expectDocumentPart, markdownTable, pageHeading } from "../support/generatedDocument";
import type { Findings, Row } from "./row";

/** The rows that a reader of the README cares for most. */
const SHORT = [1, 2, 3, 6, 12, 14, 18, 21];
const COLUMNS = ["what is promised", "pulumi-patchbay", "official SDK", "axios", "core-lro", "azapi, measured elsewhere"];
const AZURE = ["@azure/arm-apimanagement", "@azure/arm-redisenterprisecache", "@azure/arm-webpubsub", "@azure/identity"];
const ALIBABA = ["@alicloud/r-kvstore20150101", "@alicloud/openapi-client", "@alicloud/credentials"];

const locked: Readonly<Record<string, { readonly version?: string }>> = lockfile.packages;

function withVersion(name: string): string {
  return `${name} ${locked[`node_modules/${name}`]?.version}`;
}

function cellsOf({ promise, azapi = "not measured" }: Row, { ours, sdk = "–", axios = "–", coreLro = "–" }: Findings): string[] {
  return [promise, ours, sdk, axios, coreLro, azapi];
}

function page(table: string): string {
  return `${pageHeading("Under faults", "22 promises of pulumi-patchbay, the fault each is tried under, and what other clients do there.")}

Each row is a promise, and the fault that it is tried under. A test tries ours and the trusted clients in the same run, against the same
local cloud, and writes this page from what it counted; it fails when the page differs.

- **official SDK**: as they come, with their default retries; the first delay of a retry and the polling interval are shortened to 20 ms.
  Azure, over TLS: ${AZURE.map(withVersion).join(", ")}.
  Alibaba Cloud: ${ALIBABA.map(withVersion).join(", ")}.
- **axios**: ${withVersion("axios")}, with nothing set but the address and the token.
- **core-lro**: ${withVersion("@azure/core-lro")} over axios, wired as its documentation shows.
- **azapi**: not of this run. terraform-provider-azapi at commit c43c57b (v2.12.0-7, azcore 1.22.0) with Terraform 1.11.4 was measured
  under the same faults against a local stand-in for Azure Resource Manager, three to five times each; what was not tried is "not measured".
- **–**: has no such feature.

${table}
`;
}

/** Compares docs/reliability.md and the README's part of it with what this run found, or writes them. */
export function expectDocuments(rows: readonly Row[], found: ReadonlyMap<number, Findings>): void {
  const tried = rows.flatMap((row) => {
    const findings = found.get(row.number);
    return findings === undefined ? [] : [{ row, cells: cellsOf(row, findings) }];
  });
  const long = tried.map(({ row, cells }) => [String(row.number), ...cells]);
  expectDocument("docs/reliability.md", page(markdownTable(["#", ...COLUMNS], long)));
  const short = tried.filter(({ row }) => SHORT.includes(row.number)).map(({ cells }) => cells);
  const more = `All ${rows.length} rows, and how they are measured: [docs/reliability.md](docs/reliability.md).`;
  expectDocumentPart("README.md", "reliability", `${markdownTable(COLUMNS, short)}\n\n${more}`);
}
