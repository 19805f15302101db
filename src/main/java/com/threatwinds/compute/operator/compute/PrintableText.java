package com.threatwinds.compute.operator.compute;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Makes text of a server fit to be shown in a terminal, a log line and a status: what could move a
 * cursor, forge a line or turn the writing direction is removed, and the rest is cut.
 */
final class PrintableText {

  /** CSI sequences (colours, cursor), OSC sequences (window title, links), two-byte escapes. */
  private static final Pattern ESCAPES =
      Pattern.compile(
          "(?:\\x1B\\[|\\x9B)[0-?]*[ -/]*[@-~]"
              + "|(?:\\x1B\\]|\\x9D)[^\\x07\\x1B\\x9C]*(?:\\x07|\\x1B\\\\|\\x9C)?"
              + "|\\x1B[ -/]*[0-~]");

  /** Longer text is cut before it is looked at, so that hostile text costs nothing. */
  private static final int MAX_LOOKED_AT = 16_384;

  private PrintableText() {}

  /**
   * At most {@code max} printable characters of {@code raw}, white space collapsed to one space.
   */
  static String of(String raw, int max) {
    String bounded = raw.length() > MAX_LOOKED_AT ? raw.substring(0, MAX_LOOKED_AT) : raw;
    StringBuilder text = new StringBuilder();
    ESCAPES
        .matcher(bounded)
        .replaceAll("")
        .codePoints()
        .map(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) ? ' ' : c)
        .filter(PrintableText::isPrintable)
        .forEach(
            c -> {
              boolean repeated =
                  c == ' ' && (text.isEmpty() || text.charAt(text.length() - 1) == ' ');
              if (!repeated) {
                text.appendCodePoint(c);
              }
            });
    return cut(text.toString(), max).strip();
  }

  /** Whether {@code text} can be shown as it is: what is compared must not be changed first. */
  static boolean isShort(String text, int max) {
    return text.length() <= max && text.codePoints().allMatch(PrintableText::isPrintable);
  }

  /** The text of a header: bytes that the client took for Latin-1, read as UTF-8 if they are. */
  static String ofHeader(String value) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }

  private static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end);
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
