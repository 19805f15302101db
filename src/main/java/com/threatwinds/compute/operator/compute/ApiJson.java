package com.threatwinds.compute.operator.compute;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API's JSON, in all its dialects.
 *
 * <p>Read token by token and never as a tree, so that a hostile body costs no more memory than what
 * is kept of it and no stack at all. Unknown fields are skipped, and a field of the wrong type, or
 * with text that is over-long or not printable, counts as absent: it is never mended, because what
 * is mended might equal something that it is not.
 */
final class ApiJson {

  /** In bytes. */
  static final int MAX_BODY = 16 * 1024 * 1024;

  static final int MAX_ENTRIES = 100_000;

  private static final int MAX_ALLOWANCES = 1_000;

  static final int MAX_DEPTH = 64;
  static final int MAX_STRING = 1024 * 1024;
  static final int MAX_NAME = 1_024;
  static final int MAX_DIGITS = 100;
  private static final int MAX_TEXT = 256;
  private static final int MAX_STATE = 64;
  private static final int MAX_DESCRIPTION = 1_024;

  // All limits are named, since the library's own change with its versions. What exceeds one is as
  // unreadable as what is no JSON. Names are neither interned nor kept: they are the server's to
  // choose.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(MAX_BODY)
                  .maxTokenCount(MAX_BODY)
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private static final Set<String> INSTANCE_FIELDS =
      Set.of(
          "id",
          "userId",
          "userID",
          "name",
          "zone",
          "machineType",
          "externalIp",
          "internalIp",
          "status",
          "templateId",
          "createdAt");

  private static final Set<String> TEMPLATE_FIELDS =
      Set.of(
          "id", "name", "description", "machineType", "diskSizeGb", "diskType", "image", "region");

  private static final Set<String> ALLOWANCE_FIELDS = Set.of("value", "window");

  private static final DateTimeFormatter ISO_8601 =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendPattern("[XXX][XX][X]")
          .toFormatter(Locale.ROOT);

  private ApiJson() {}

  /**
   * A list of instances.
   *
   * @param complete whether every entry had a usable id, and each its own
   */
  record Instances(Map<InstanceId, Instance> byId, boolean complete) {}

  /**
   * What an error body says.
   *
   * @param message null if it says nothing
   * @param own whether it has the API's own form, which a gateway on the way would not write
   */
  record ErrorBody(@Nullable String message, @Nullable String code, boolean own) {}

  static byte[] createBody(String templateId, @Nullable String zone) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("template_id", templateId);
      if (zone != null) {
        json.writeStringField("zone", zone);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Instances instances(byte[] body) throws UnreadableAnswerException {
    Map<String, String> shared = new HashMap<>();
    List<Optional<Instance>> entries = read(body, json -> array(json, j -> instance(j, shared)));
    Map<InstanceId, Instance> byId = new HashMap<>();
    boolean complete = true;
    for (Optional<Instance> entry : entries) {
      complete &= entry.isPresent() && byId.put(entry.get().id(), entry.get()) == null;
    }
    return new Instances(byId, complete);
  }

  /** Empty if it has no usable id. */
  static Optional<Instance> instance(byte[] body) throws UnreadableAnswerException {
    return read(body, json -> instance(json, new HashMap<>()));
  }

  static List<Template> templates(byte[] body) throws UnreadableAnswerException {
    return read(body, json -> array(json, ApiJson::template)).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  static List<String> zones(byte[] body) throws UnreadableAnswerException {
    return read(body, json -> array(json, ApiJson::zone)).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  static List<Allowance> limits(byte[] body) throws UnreadableAnswerException {
    return read(body, json -> allowances(json, "limits"));
  }

  static List<Allowance> quotas(byte[] body) throws UnreadableAnswerException {
    return read(body, json -> allowances(json, "quotas"));
  }

  /** Never fails: an error body that can't be read says nothing. */
  static ErrorBody error(byte[] body) {
    try {
      return read(body, ApiJson::error);
    } catch (UnreadableAnswerException e) {
      return new ErrorBody(null, null, false);
    }
  }

  /**
   * @param shared texts that many instances have in common, held once for all
   */
  private static Optional<Instance> instance(JsonParser json, Map<String, String> shared)
      throws IOException {
    Fields fields = fields(json, INSTANCE_FIELDS);
    Optional<InstanceId> id = InstanceId.parse(fields.text("id"));
    if (id.isEmpty()) {
      return Optional.empty();
    }
    String userId = fields.text("userId");
    String status = fields.text("status");
    String name = fields.text("name");
    return Optional.of(
        new Instance(
            id.get(),
            id.get().value().equals(name) ? id.get().value() : name,
            once(fields.text("zone"), shared),
            once(shortForm(fields.text("machineType")), shared),
            fields.text("externalIp"),
            fields.text("internalIp"),
            InstanceState.of(status),
            status == null ? null : once(stateText(status), shared),
            once(fields.text("templateId"), shared),
            once(userId == null ? fields.text("userID") : userId, shared),
            instant(fields.text("createdAt"))));
  }

  private static @Nullable String once(@Nullable String text, Map<String, String> shared) {
    return text == null ? null : shared.computeIfAbsent(text, same -> same);
  }

  private static Optional<Template> template(JsonParser json) throws IOException {
    Fields fields = fields(json, TEMPLATE_FIELDS);
    String id = fields.text("id");
    if (id == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Template(
            id,
            fields.text("name"),
            fields.prose("description"),
            shortForm(fields.text("machineType")),
            fields.number("diskSizeGb"),
            fields.text("diskType"),
            fields.text("image"),
            fields.text("region")));
  }

  private static Optional<String> zone(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      json.skipChildren();
      return Optional.empty();
    }
    return Optional.ofNullable(usable(json.getText()));
  }

  /** {@code {<wanted>: {service: {feature: {value, window}}}}}, without what is otherwise. */
  private static List<Allowance> allowances(JsonParser json, String wanted)
      throws IOException, UnreadableAnswerException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new UnreadableAnswerException("the body is not a JSON object");
    }
    List<Allowance> all = new ArrayList<>();
    boolean found = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean here = json.currentName().equals(wanted);
      if (json.nextToken() != JsonToken.START_OBJECT || !here) {
        json.skipChildren();
        continue;
      }
      found = true;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String service = json.currentName();
        if (json.nextToken() == JsonToken.START_OBJECT) {
          features(json, service, all);
        } else {
          json.skipChildren();
        }
      }
    }
    if (!found) {
      throw new UnreadableAnswerException("the body has no " + wanted);
    }
    return all;
  }

  private static void features(JsonParser json, String service, List<Allowance> all)
      throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String feature = json.currentName();
      json.nextToken();
      Fields fields = fields(json, ALLOWANCE_FIELDS);
      Long value = fields.number("value");
      if (value != null
          && usable(service) != null
          && usable(feature) != null
          && all.size() < MAX_ALLOWANCES) {
        all.add(new Allowance(service, feature, value, fields.text("window")));
      }
    }
  }

  private static ErrorBody error(JsonParser json) throws IOException {
    ErrorBody error = new ErrorBody(null, null, false);
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return error;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = json.currentName().equals("error");
      JsonToken value = json.nextToken();
      if (wanted && value == JsonToken.VALUE_STRING) {
        error = new ErrorBody(json.getText(), null, false);
      } else if (wanted && value == JsonToken.START_OBJECT) {
        Fields fields = fields(json, Set.of("message", "code"));
        String message = fields.raw("message");
        error = new ErrorBody(message, fields.raw("code"), message != null);
      } else {
        json.skipChildren();
      }
    }
    return error;
  }

  @FunctionalInterface
  private interface Reader<T> {
    /** Reads the value whose first token is the current one, to its last token. */
    T read(JsonParser json) throws IOException, UnreadableAnswerException;
  }

  private static <T> T read(byte[] body, Reader<T> reader) throws UnreadableAnswerException {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() == null) {
        throw new UnreadableAnswerException("the body is empty");
      }
      T value = reader.read(json);
      if (json.nextToken() != null) {
        throw new UnreadableAnswerException("the body goes on after its JSON");
      }
      return value;
    } catch (IOException e) {
      throw new UnreadableAnswerException("the body is not JSON, or not all of it");
    }
  }

  private static <T> List<T> array(JsonParser json, Reader<T> reader)
      throws IOException, UnreadableAnswerException {
    List<T> entries = new ArrayList<>();
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return entries;
    }
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new UnreadableAnswerException("the body is not a JSON array");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (entries.size() == MAX_ENTRIES) {
        throw new UnreadableAnswerException("the list has more than " + MAX_ENTRIES + " entries");
      }
      entries.add(reader.read(json));
    }
    return entries;
  }

  /** The wanted fields of the object that starts here; none of anything else. */
  private static Fields fields(JsonParser json, Set<String> wanted) throws IOException {
    Fields fields = new Fields(new HashMap<>(), new HashMap<>());
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return fields;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (!wanted.contains(name)) {
        json.skipChildren();
        continue;
      }
      // Of fields that share a name, the last counts, whatever its type.
      fields.texts.remove(name);
      fields.numbers.remove(name);
      if (value == JsonToken.VALUE_STRING) {
        fields.texts.put(name, json.getText());
      } else if (value == JsonToken.VALUE_NUMBER_INT && isLong(json)) {
        fields.numbers.put(name, json.getLongValue());
      } else {
        json.skipChildren();
      }
    }
    return fields;
  }

  private static boolean isLong(JsonParser json) throws IOException {
    return switch (json.getNumberType()) {
      case INT, LONG -> true;
      case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> false;
    };
  }

  private record Fields(Map<String, String> texts, Map<String, Long> numbers) {

    @Nullable String raw(String name) {
      String text = texts.get(name);
      return text == null || text.isBlank() ? null : text;
    }

    @Nullable String text(String name) {
      String text = texts.get(name);
      return text == null ? null : usable(text);
    }

    /** Text for people, which nothing is compared with: mended instead of refused. */
    @Nullable String prose(String name) {
      String text = texts.get(name);
      String shown = text == null ? "" : PrintableText.of(text, MAX_DESCRIPTION);
      return shown.isEmpty() ? null : shown;
    }

    @Nullable Long number(String name) {
      return numbers.get(name);
    }
  }

  private static @Nullable String usable(String text) {
    return text.isBlank() || !PrintableText.isShort(text, MAX_TEXT) ? null : text;
  }

  private static @Nullable String shortForm(@Nullable String machineType) {
    if (machineType == null) {
      return null;
    }
    String last = machineType.substring(machineType.lastIndexOf('/') + 1);
    return last.isBlank() ? null : last;
  }

  private static String stateText(String status) {
    return PrintableText.of(status.toUpperCase(Locale.ROOT), MAX_STATE);
  }

  private static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      TemporalAccessor time =
          ISO_8601.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from);
      OffsetDateTime at =
          time instanceof OffsetDateTime offset
              ? offset
              : LocalDateTime.from(time).atOffset(ZoneOffset.UTC);
      return at.getYear() < 0 || at.getYear() > 9999 ? null : at.toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
