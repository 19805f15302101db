package com.threatwinds.compute.operator.docs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A picture in the making, for a light and a dark page. Knows where all of it lies, so that a test
 * can say that no text is covered: as wide as the widest font that readers may have.
 */
final class Drawing {

  /** Of a kind that CSS colours. */
  enum Ink {
    PLAIN,
    FAINT,
    READY,
    RECONCILING,
    STALLED;

    private String css() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One line of text. */
  record Line(Ink ink, String text) {}

  /** The part of a line that a widest font takes of its size for each character. */
  private static final double WIDTH = 0.605;

  private static final double BOLD_WIDTH = 0.70;

  static final int TEXT = 12;
  static final int LEADING = 16;
  private static final int TITLE = 14;
  private static final int PADDING = 10;

  /** The colours are those of GitHub's two themes, where most people read this. */
  private static final String STYLE =
      """
        <style>
          text { font-family: Helvetica, Arial, sans-serif; font-size: 12px; fill: #1f2328 }
          .title { font-size: 14px; font-weight: bold }
          .page { fill: #ffffff }
          .box { fill: #f6f8fa; stroke: #818b98 }
          .frame { fill: none; stroke: #818b98; stroke-width: 1.5 }
          .arrow { fill: none; stroke: #59636e; stroke-width: 1.5 }
          .dashed { stroke-dasharray: 5 4 }
          .head { fill: #59636e }
          .faint { fill: #59636e }
          .ready { fill: #1a7f37 }
          .reconciling { fill: #0969da }
          .stalled { fill: #cf222e }
          @media (prefers-color-scheme: dark) {
            text { fill: #f0f6fc }
            .page { fill: #0d1117 }
            .box { fill: #151b23; stroke: #656c76 }
            .frame { stroke: #656c76 }
            .arrow { stroke: #9198a1 }
            .head { fill: #9198a1 }
            .faint { fill: #9198a1 }
            .ready { fill: #3fb950 }
            .reconciling { fill: #4493f8 }
            .stalled { fill: #f85149 }
          }
        </style>
        <defs>
          <marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse">
            <path class="head" d="M0 0 L8 4 L0 8 z"/>
          </marker>
        </defs>
      """;

  /** What something covers. */
  record Area(String what, double left, double top, double right, double bottom) {

    boolean overlaps(Area other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  /** A box that was drawn. */
  record Box(int x, int y, int width, int height) {
    int right() {
      return x + width;
    }

    int bottom() {
      return y + height;
    }

    int middle() {
      return y + height / 2;
    }

    int centre() {
      return x + width / 2;
    }
  }

  private final String title;
  private final String description;
  private final StringBuilder shapes = new StringBuilder();
  private final List<Area> texts = new ArrayList<>();
  private final List<Area> boxes = new ArrayList<>();
  private final List<Area> segments = new ArrayList<>();

  Drawing(String title, String description) {
    this.title = title;
    this.description = description;
  }

  /** How high a box with that many lines is. */
  static int height(int lines) {
    return PADDING + TITLE + 6 + lines * LEADING + PADDING - 4;
  }

  Box box(int x, int y, int width, String head, List<Line> lines) {
    Box box = new Box(x, y, width, height(lines.size()));
    shape(
        "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
        x, y, width, box.height());
    boxes.add(new Area("box " + head, x, y, x + width, box.bottom()));
    title(x + PADDING, y + PADDING + TITLE - 2, head);
    int at = y + PADDING + TITLE + 4;
    for (Line line : lines) {
      at += LEADING;
      text(x + PADDING, at - 2, line);
    }
    return box;
  }

  /** A box without a title. */
  Box plain(int x, int y, int width, List<Line> lines) {
    Box box = new Box(x, y, width, lines.size() * LEADING + PADDING + 4);
    shape(
        "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>",
        x, y, width, box.height());
    boxes.add(new Area("box at " + x + "," + y, x, y, x + width, box.bottom()));
    int at = y + 3;
    for (Line line : lines) {
      at += LEADING;
      if (!line.text().isEmpty()) {
        text(x + PADDING, at, line);
      }
    }
    return box;
  }

  /** What other boxes lie in. */
  void frame(Box box) {
    shape(
        "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"10\"/>",
        box.x(), box.y(), box.width(), box.height());
  }

  void title(int x, int y, String text) {
    shape("<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>", x, y, escaped(text));
    covers(text, x, y, TITLE, BOLD_WIDTH);
  }

  /** Text that begins there, on that base line. */
  void text(int x, int y, Line line) {
    shape(
        line.ink() == Ink.PLAIN
            ? "<text x=\"%2$d\" y=\"%3$d\">%4$s</text>"
            : "<text class=\"%1$s\" x=\"%2$d\" y=\"%3$d\">%4$s</text>",
        line.ink().css(),
        x,
        y,
        escaped(line.text()));
    covers(line.text(), x, y, TEXT, WIDTH);
  }

  private void covers(String text, int x, int y, int size, double width) {
    texts.add(
        new Area(
            text,
            x,
            y - size + 2,
            x + text.codePointCount(0, text.length()) * size * width,
            y + 2));
  }

  /** From the first point to the last, by x and y in turn. */
  void arrow(boolean dashed, int... points) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < points.length; i += 2) {
      path.append(i == 0 ? "M" : " L").append(points[i]).append(' ').append(points[i + 1]);
      if (i > 0) {
        segments.add(segment(points[i - 2], points[i - 1], points[i], points[i + 1]));
      }
    }
    shape(
        "<path class=\"arrow%s\" d=\"%s\" marker-end=\"url(#end)\"/>",
        dashed ? " dashed" : "", path);
  }

  private static Area segment(int x1, int y1, int x2, int y2) {
    return new Area(
        "arrow to " + x2 + "," + y2,
        Math.min(x1, x2) - 0.5,
        Math.min(y1, y2) - 0.5,
        Math.max(x1, x2) + 0.5,
        Math.max(y1, y2) + 0.5);
  }

  /** Several lines, the first one there. */
  void label(int x, int y, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      text(x, y + i * (LEADING - 2), new Line(Ink.PLAIN, lines.get(i)));
    }
  }

  /** Texts that lie on one another, on an arrow, or half on a box; boxes on boxes; and outside. */
  List<String> faults(int width, int height) {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Area text = texts.get(i);
      texts.subList(i + 1, texts.size()).stream()
          .filter(text::overlaps)
          .forEach(other -> faults.add(text.what() + " and " + other.what()));
      segments.stream()
          .filter(text::overlaps)
          .forEach(segment -> faults.add(text.what() + " and " + segment.what()));
      boxes.stream()
          .filter(text::overlaps)
          .filter(box -> text.left() < box.left() || text.right() > box.right() - 4)
          .forEach(box -> faults.add(text.what() + " and the side of " + box.what()));
      if (text.left() < 0 || text.right() > width || text.top() < 0 || text.bottom() > height) {
        faults.add(text.what() + " is outside");
      }
    }
    for (int i = 0; i < boxes.size(); i++) {
      Area box = boxes.get(i);
      boxes.subList(i + 1, boxes.size()).stream()
          .filter(box::overlaps)
          .forEach(other -> faults.add(box.what() + " and " + other.what()));
      Area inside =
          new Area(box.what(), box.left() + 2, box.top() + 2, box.right() - 2, box.bottom() - 2);
      segments.stream()
          .filter(inside::overlaps)
          .forEach(segment -> faults.add(box.what() + " and " + segment.what()));
    }
    return faults;
  }

  /** The whole picture; fails where {@link #faults} has something to say. */
  String svg(int width, int height) {
    List<String> faults = faults(width, height);
    if (!faults.isEmpty()) {
      throw new IllegalStateException(title + ": " + String.join("\n", faults));
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-labelledby="title desc">
          <title id="title">%3$s</title>
          <desc id="desc">%4$s</desc>
        """
            .formatted(width, height, escaped(title), escaped(description))
        + STYLE
        + "  <rect class=\"page\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n".formatted(width, height)
        + shapes
        + "</svg>\n";
  }

  private void shape(String format, Object... values) {
    shapes.append("  ").append(format.formatted(values)).append('\n');
  }

  /** Cut between words so that it fits into that width. */
  static List<Line> wrapped(Line line, int width) {
    int most = (int) ((width - 2 * PADDING) / (TEXT * WIDTH));
    List<Line> lines = new ArrayList<>();
    StringBuilder now = new StringBuilder();
    for (String word : line.text().split(" ")) {
      if (!now.isEmpty() && now.length() + 1 + word.length() > most) {
        lines.add(new Line(line.ink(), now.toString()));
        now = new StringBuilder();
      }
      now.append(now.isEmpty() ? "" : " ").append(word);
    }
    lines.add(new Line(line.ink(), now.toString()));
    return lines;
  }

  static List<Line> wrapped(int width, Line... lines) {
    return Arrays.stream(lines).flatMap(line -> wrapped(line, width).stream()).toList();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
