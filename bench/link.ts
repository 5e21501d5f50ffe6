export async function benchLink(): Promise<void> {}
