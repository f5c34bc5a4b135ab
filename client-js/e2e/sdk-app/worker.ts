import { serveTabs } from "../../sdk/src/shared-worker-serve.ts";

serveTabs();
