import { matrix } from "./matrix";
import { signInTable } from "./signInTable";

matrix(signInTable);
