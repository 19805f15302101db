package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.io.IOException;

/**
 * Reads a status; one that can't be read is kept out of the way instead of thrown, since it would
 * stop the informer. Unlike a spec it is all or nothing: half a binding is worse than none.
 */
final class StatusReader extends JsonDeserializer<ComputeInstanceStatus> {

  /** The ordinary reading of the record, without this class. */
  private static final ObjectMapper PLAIN =
      new ObjectMapper()
          .addMixIn(ComputeInstanceStatus.class, Ordinary.class)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS);

  @Override
  public ComputeInstanceStatus deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode status = context.readTree(parser);
    try {
      ComputeInstanceStatus read = PLAIN.treeToValue(status, ComputeInstanceStatus.class);
      String bound = read.instanceId();
      return bound == null || bound.matches(SpecReader.INSTANCE_ID)
          ? read
          : ComputeInstanceStatus.unreadable("status.instanceId: names no instance");
    } catch (JsonProcessingException e) {
      return ComputeInstanceStatus.unreadable("status: " + e.getOriginalMessage());
    }
  }

  @JsonDeserialize(using = JsonDeserializer.None.class)
  private interface Ordinary {}
}
