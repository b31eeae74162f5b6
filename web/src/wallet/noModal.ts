/** Stands for WalletConnect's own dialog (`showQrModal` is false): it must never be asked for. */
export function createAppKit(): never {
  throw new Error('this page shows its own dialog for wallets')
}
