#!/bin/sh
# Makes the namespace that remittances live in, with its search attributes.
# Every step can be repeated. The server comes from TEMPORAL_ADDRESS.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}

until temporal operator cluster health >/dev/null 2>&1; do
  echo "waiting for Temporal at $TEMPORAL_ADDRESS"
  sleep 2
done

# Closed remittances stay readable in the Web UI this long; the record in
# Soukin's own database stays for ever.
temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention 720h

# The list is contract.SearchAttributes; a test compares them.
temporal operator search-attribute create --namespace "$namespace" \
  --name RemitStatus --type Keyword \
  --name RemitRail --type Keyword \
  --name RemitMerchant --type Keyword \
  --name RemitReason --type Keyword \
  --name RemitAmount --type Int \
  --name RemitDeadline --type Datetime \
  --name RemitNeedsAttention --type Bool \
  --name RemitWaitsFor --type Keyword

echo "namespace $namespace is ready"
