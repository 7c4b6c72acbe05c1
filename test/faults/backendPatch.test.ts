import { backendPatchTable } from "./apiManagementTables";
import { matrix } from "./matrix";

matrix(backendPatchTable);
