import { AnalyticsBrowser } from "@segment/analytics-next";

declare global {
  interface Window {
    AnalyticsBrowser: typeof AnalyticsBrowser;
    loaded?: AnalyticsBrowser;
  }
}

// A site with Segment's browser SDK from npm; the tests start it with the gateway's address.
window.AnalyticsBrowser = AnalyticsBrowser;
