import { backendReconnectTable } from "./apiManagementTables";
import { matrix } from "./matrix";

matrix(backendReconnectTable);
