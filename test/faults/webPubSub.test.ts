import { matrix } from "./matrix";
import { webPubSubTable } from "./webPubSubTable";

matrix(webPubSubTable);
