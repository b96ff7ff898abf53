export const steps = 3;
