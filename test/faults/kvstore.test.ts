import { kvstoreTable } from "./kvstoreTable";
import { matrix } from "./matrix";

matrix(kvstoreTable);
