/** The panel that is open: what goes away with all that is in it hands the focus on to it. */
export const openPanel = {
  get current(): HTMLElement | null {
    return document.getElementById("tab-panel");
  },
};
