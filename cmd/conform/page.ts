export const page = (): string => "";
