#!/usr/bin/env bash
# A user for each service in Kafka (SCRAM-SHA-512), with rights on exactly what it works with. Of a broker with an authorizer, and
# with no right for anybody else. docker-compose.yml runs it at every start; it can be repeated. Rights are added, never taken away.
#
#   <USER>_PASSWORD    of requests, expiry, notifications and topics
#   KAFKA_BROKERS      default localhost:29092
#   KAFKA_PREFIX       as the services have it; default: none
#   COMMAND_CONFIG     a properties file with which the tools log in as somebody who may do this; default: none
#   KAFKA_TOOLS        where kafka-configs.sh and kafka-acls.sh are; default /opt/kafka/bin
set -euo pipefail

tools=${KAFKA_TOOLS:-/opt/kafka/bin}
at=(--bootstrap-server "${KAFKA_BROKERS:-localhost:29092}")
if [[ -n ${COMMAND_CONFIG:-} ]]; then at+=(--command-config "$COMMAND_CONFIG"); fi
events=${KAFKA_PREFIX:-}session-requests.events
progress=${KAFKA_PREFIX:-}session-requests.progress

user() {
  local password="${1^^}_PASSWORD"
  "$tools/kafka-configs.sh" "${at[@]}" --alter --entity-type users --entity-name "$1" \
    --add-config "SCRAM-SHA-512=[password=${!password:?is not set}]"
}

# allow <user> <what kafka-acls.sh takes>
allow() {
  "$tools/kafka-acls.sh" "${at[@]}" --add --allow-principal "User:$1" "${@:2}"
}

# What a right includes it need not be given besides: who may read or write may describe, who may write a topic may do so idempotently.

user topics
allow topics --operation Create --operation Describe --operation DescribeConfigs --topic "$events" --topic "$progress"

user requests
allow requests --operation Write --operation DescribeConfigs --topic "$events" --topic "$progress"
allow requests --operation Read --topic "$progress"

for service in expiry notifications; do
  user "$service"
  allow "$service" --operation Read --operation DescribeConfigs --topic "$events" --topic "$progress"
  allow "$service" --operation Read --group "${KAFKA_PREFIX:-}session-requests.$service"
done

# Whoever follows the progress does so in a group of its own, with a new name each time.
for service in requests expiry notifications; do
  allow "$service" --operation Read --resource-pattern-type prefixed --group "$progress.follower."
done
