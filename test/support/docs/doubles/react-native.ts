/** A device that is in front all the time. */
export const AppState = {
  currentState: 'active',
  addEventListener: () => ({ remove: () => {} }),
};
