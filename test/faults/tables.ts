import { backendPatchTable, backendReconnectTable } from "./apiManagementTables";
import { kvstoreTable } from "./kvstoreTable";
import { redisEnterpriseTable } from "./redisEnterpriseTable";
import { signInTable } from "./signInTable";
import type { Table } from "./table";
import { webPubSubTable } from "./webPubSubTable";

/** Every operation, in the order of the document. */
export const tables: readonly Table[] = [
  redisEnterpriseTable,
  backendPatchTable,
  backendReconnectTable,
  webPubSubTable,
  kvstoreTable,
  signInTable,
];
