import { matrix } from "./matrix";
import { redisEnterpriseTable } from "./redisEnterpriseTable";

matrix(redisEnterpriseTable);
