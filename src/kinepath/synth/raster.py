"""A small triangle rasteriser: depth buffer, shadow map and smooth shading."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float = NDArray[np.float32]


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def depth_pass(
    corners: Float, triangles: NDArray[np.int32], depth: Float, nearest: NDArray[np.int32]
) -> None:
    """Find the nearest triangle of every pixel.

    Parameters
    ----------
    corners : ndarray of float32, shape (vertices, 3)
        Pixel x, pixel y and a number that increases towards the eye and is linear in the image
        (the inverse of the distance, in perspective).
    triangles : ndarray of int32, shape (triangles, 3)
        Vertices, clockwise in the image for front faces; back faces are culled.
    depth : ndarray of float32, shape (height, width)
        Initially zero; receives the nearest third coordinate.
    nearest : ndarray of int32, shape (height, width)
        Initially -1; receives the triangle.
    """
    height, width = depth.shape
    for k in range(triangles.shape[0]):
        a, b, c = triangles[k, 0], triangles[k, 1], triangles[k, 2]
        ax, ay, az = corners[a, 0], corners[a, 1], corners[a, 2]
        bx, by, bz = corners[b, 0], corners[b, 1], corners[b, 2]
        cx, cy, cz = corners[c, 0], corners[c, 1], corners[c, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area <= 1e-9:
            continue
        left = max(0, int(np.ceil(min(ax, bx, cx))))
        right = min(width - 1, int(np.floor(max(ax, bx, cx))))
        top = max(0, int(np.ceil(min(ay, by, cy))))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy))))
        scale = np.float32(1.0) / area
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                u = ((cx - bx) * (y - by) - (cy - by) * (x - bx)) * scale
                v = ((ax - cx) * (y - cy) - (ay - cy) * (x - cx)) * scale
                w = np.float32(1.0) - u - v
                if u >= 0 and v >= 0 and w >= 0:
                    z = u * az + v * bz + w * cz
                    if z > depth[y, x]:
                        depth[y, x] = z
                        nearest[y, x] = k


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def shade_pass(
    corners: Float,
    triangles: NDArray[np.int32],
    nearest: NDArray[np.int32],
    normals: Float,
    colours: Float,
    gloss: Float,
    lit: Float,
    shadow: Float,
    light: Float,
    eye: Float,
    sky: Float,
    ground: Float,
    sun: Float,
    total: Float,
) -> None:
    """Add the shaded colour and the coverage of every pixel that a triangle covers.

    Light from a sun with a soft shadow, from the sky above and the ground below, a highlight and a
    faint rim; input colours are linear, output colours have a square root as gamma.

    Parameters
    ----------
    corners, triangles, nearest
        As in :func:`depth_pass`.
    normals, colours : ndarray of float32, shape (vertices, 3)
        Unit normals and linear blue, green, red.
    gloss : ndarray of float32, shape (vertices,)
        Strength of the highlight.
    lit : ndarray of float32, shape (vertices, 3)
        Pixels and depth of the vertices as seen from the sun.
    shadow : ndarray of float32, shape (size, size)
        Depth buffer of the sun.
    light, eye : ndarray of float32, shape (3,)
        Directions to the sun and to the camera.
    sky, ground, sun : ndarray of float32, shape (3,)
        Linear colours of the light.
    total : ndarray of float32, shape (height, width, 4)
        Receives colour and coverage.
    """
    height, width = nearest.shape
    size = shadow.shape[0]
    half = light + eye
    half /= np.sqrt((half * half).sum())
    for y in range(height):
        for x in range(width):
            k = nearest[y, x]
            if k < 0:
                continue
            a, b, c = triangles[k, 0], triangles[k, 1], triangles[k, 2]
            ax, ay = corners[a, 0], corners[a, 1]
            bx, by = corners[b, 0], corners[b, 1]
            cx, cy = corners[c, 0], corners[c, 1]
            area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            u = ((cx - bx) * (y - by) - (cy - by) * (x - bx)) / area
            v = ((ax - cx) * (y - cy) - (ay - cy) * (x - cx)) / area
            w = 1.0 - u - v
            nx = u * normals[a, 0] + v * normals[b, 0] + w * normals[c, 0]
            ny = u * normals[a, 1] + v * normals[b, 1] + w * normals[c, 1]
            nz = u * normals[a, 2] + v * normals[b, 2] + w * normals[c, 2]
            scale = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
            nx, ny, nz = nx * scale, ny * scale, nz * scale
            facing = nx * light[0] + ny * light[1] + nz * light[2]
            sx = u * lit[a, 0] + v * lit[b, 0] + w * lit[c, 0]
            sy = u * lit[a, 1] + v * lit[b, 1] + w * lit[c, 1]
            sz = u * lit[a, 2] + v * lit[b, 2] + w * lit[c, 2]
            open_sky = 0.0
            for dy in range(2):
                for dx in range(2):
                    px, py = int(sx) + dx, int(sy) + dy
                    if px < 0 or py < 0 or px >= size or py >= size or shadow[py, px] < sz + 0.035:
                        open_sky += 0.25
            open_sky = 0.30 + 0.70 * open_sky
            wrapped = max(0.0, (facing + 0.18) / 1.18) * open_sky
            up = 0.5 + 0.5 * nz
            glint = max(0.0, nx * half[0] + ny * half[1] + nz * half[2])
            shine = u * gloss[a] + v * gloss[b] + w * gloss[c]
            shine *= glint**28 * open_sky
            edge = 1.0 - max(0.0, nx * eye[0] + ny * eye[1] + nz * eye[2])
            rim = 0.10 * edge * edge * edge * up
            for i in range(3):
                albedo = u * colours[a, i] + v * colours[b, i] + w * colours[c, i]
                ambient = up * sky[i] + (1.0 - up) * ground[i]
                value = albedo * (ambient + sun[i] * wrapped) + (shine + rim) * sun[i] * 0.5
                total[y, x, i] += np.sqrt(min(value, 1.0))
            total[y, x, 3] += 1.0


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def blend(patch: NDArray[np.uint8], total: Float, moments: int) -> None:
    """Composite the sums of colour and coverage of ``moments`` images over an image, in place.

    Parameters
    ----------
    patch : ndarray of uint8, shape (height, width, 3)
        Receives the result.
    total : ndarray of float32, shape (height, width, 4)
        From :func:`shade_pass`.
    moments : int
        Number of images in ``total``.
    """
    for y in range(total.shape[0]):
        for x in range(total.shape[1]):
            cover = total[y, x, 3] / moments
            if cover > 0:
                for i in range(3):
                    value = patch[y, x, i] * (1 - cover) + total[y, x, i] * (255.0 / moments)
                    patch[y, x, i] = np.uint8(min(value + 0.5, 255.0))
