#!/bin/sh
# Node with the channel under another name, so that our side can take it.
SOAK_CHANNEL=$NODE_CHANNEL_FD:$NODE_CHANNEL_SERIALIZATION_MODE
export SOAK_CHANNEL
unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE
exec "$SOAK_NODE" "$@"
