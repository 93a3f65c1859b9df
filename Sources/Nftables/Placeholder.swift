// Nftables
